#include "http/api_service.h"

#include <set>
#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ApiServiceTest : public ApiFixture {
 protected:
  net::HttpResponse Options(net::Headers headers) {
    return Send(Make("OPTIONS", "/v1/users/me", std::move(headers)));
  }
};

TEST_F(ApiServiceTest, Server_TellsVersionFeaturesAndLimits) {
  settings.features = FeaturesOfApi();
  Limits limits;
  limits.text_bytes = 1234;
  settings.limits.Set(limits);
  const Person ann = Register("ann");
  MakeAdmin(ann);
  EXPECT_EQ(SendJson("PATCH", "/v1/admin/settings", R"({"registration":"invitation"})", Bearer(ann))
                .status,
            200);
  const net::HttpResponse response = Get("/v1/server");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Header(response, "Content-Type"), "application/json");
  EXPECT_EQ(Field(response, "/name"), "Parley");
  EXPECT_EQ(Field(response, "/api"), "v1");
  EXPECT_EQ(Field(response, "/version"), PARLEY_VERSION);
  EXPECT_EQ(Field(response, "/registration"), "invitation");
  EXPECT_THAT(response.body, HasSubstr("\"text_bytes\":1234"));
  EXPECT_THAT(response.body, HasSubstr("\"websocket\""));
}

TEST_F(ApiServiceTest, UnknownPaths_Are404Problems) {
  for (const char* path :
       {"/v1", "/v1/", "/v2/server", "/v1/server/", "/media/x", "/metrics", "/healthz", "/readyz",
        "/index.html", "/v1/uploads", "/v1/push/subscriptions"}) {
    const net::HttpResponse response = Get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(Code(response), "not_found");
  }
}

TEST_F(ApiServiceTest, OtherMethods_Are405WithAllow) {
  const net::HttpResponse response = Send(Make("PUT", "/v1/sessions"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(Code(response), "method_not_allowed");
  EXPECT_EQ(Header(response, "Allow"), "POST, GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(Send(Make("BREW", "/v1/server")).status, 405);
}

TEST_F(ApiServiceTest, MalformedTargets_Are400) {
  for (const char* target : {"/v1/%", "/v1/users?query=%ff", "*"}) {
    const net::HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_EQ(Code(response), "invalid");
  }
}

TEST_F(ApiServiceTest, Bodies_MustBeJson) {
  const std::string body = R"({"username":"ann","password":"correct horse"})";
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
    const net::HttpResponse response =
        Send(Make("POST", "/v1/accounts", {{"Content-Type", type}}, body));
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_EQ(Code(response), "unsupported_media_type");
  }
  EXPECT_EQ(Send(Make("POST", "/v1/accounts", {}, body)).status, 415);
  EXPECT_EQ(Send(Make("POST", "/v1/accounts", {{"Content-Type", "application/json; charset=utf-8"}},
                      body))
                .status,
            201);
}

TEST_F(ApiServiceTest, Bodies_MalformedAre400_WrongAre422) {
  for (const char* json : {"", "{", "[]", "nonsense", R"({"username":"a","username":"b"})",
                           R"({"username":"\ud800"})", "{\"username\":\"\xff\"}"}) {
    const net::HttpResponse response = SendJson("POST", "/v1/accounts", json);
    EXPECT_EQ(response.status, 400) << json;
    EXPECT_EQ(Code(response), "invalid");
  }
  for (const char* json : {"{}", R"({"username":7,"password":"correct horse"})"}) {
    EXPECT_EQ(SendJson("POST", "/v1/accounts", json).status, 422) << json;
  }
}

TEST_F(ApiServiceTest, RequestIds_AreAlwaysOurOwn) {
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.insert(Header(Get("/v1/server", {{"X-Request-Id", "mine"}}), "X-Request-Id"));
  }
  ids.insert(Header(service().Refuse(413, "too large"), "X-Request-Id"));
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_FALSE(ids.contains("mine"));
  EXPECT_FALSE(ids.contains(""));
}

TEST_F(ApiServiceTest, EveryAnswer_IsNeitherStoredNorSniffed) {
  for (const net::HttpResponse& response :
       {Get("/v1/server"), Get("/nowhere"), service().Refuse(431, "too large")}) {
    EXPECT_EQ(Header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff");
  }
}

TEST_F(ApiServiceTest, Refuse_HasTheFormOfAllErrors) {
  const net::HttpResponse response = service().Refuse(413, "the body is too large");
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(Code(response), "too_large");
}

TEST_F(ApiServiceTest, LargeBodies_AreReadFromWhoIsSignedIn_AndWhereAnybodyMayCall) {
  using net::Sender;
  const Person ann = Register("ann");
  const auto sender = [&](std::string target, net::Headers headers) {
    return std::get<Sender>(Admit(Make("POST", std::move(target), std::move(headers))));
  };
  EXPECT_EQ(sender("/v1/conversations", Bearer(ann)), Sender::kKnown);
  EXPECT_EQ(sender("/v1/accounts", Bearer(ann)), Sender::kStranger);
  const auto refused = [&](std::string target) {
    return std::get<net::HttpResponse>(Admit(Make("POST", std::move(target))));
  };
  EXPECT_EQ(Code(refused("/v1/conversations")), "unauthenticated");
  EXPECT_EQ(refused("/nowhere").status, 404);
  EXPECT_EQ(refused("/v1/users/me").status, 405);
}

TEST_F(ApiServiceTest, StoreThatFails_Is503WithRetryAfter) {
  const Person ann = Register("ann");
  store.controls().FailReads(Unavailable("the store is away"));
  const net::HttpResponse response = Get("/v1/users/me", Bearer(ann));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Code(response), "unavailable");
  EXPECT_EQ(Header(response, "Retry-After"), "1");
  store.controls().FailReads(DataLoss("user 7: bad bytes"));
  const net::HttpResponse broken = Get("/v1/users/me", Bearer(ann));
  EXPECT_EQ(broken.status, 500);
  EXPECT_EQ(Code(broken), "internal");
  EXPECT_THAT(broken.body, Not(HasSubstr("bad bytes")));
  store.controls().FailReads(Status::Ok());
}

TEST_F(ApiServiceTest, Cors_ForAllowedOriginsAlone) {
  settings.origins.allowed_origins = {"https://app.example"};
  const net::HttpResponse allowed = Get("/v1/server", {{"Origin", "https://app.example"}});
  EXPECT_EQ(Header(allowed, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(Header(allowed, "Access-Control-Allow-Credentials"), "true");
  EXPECT_THAT(Header(allowed, "Access-Control-Expose-Headers"), HasSubstr("X-Request-Id"));
  EXPECT_EQ(Header(allowed, "Vary"), "Origin");
  const net::HttpResponse other = Get("/v1/server", {{"Origin", "https://evil.test"}});
  EXPECT_EQ(Header(other, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(Header(other, "Vary"), "Origin");
}

TEST_F(ApiServiceTest, Preflight_NeedsNoToken) {
  settings.origins.allowed_origins = {"https://app.example"};
  const net::HttpResponse response =
      Options({{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "PATCH"}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(Header(response, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(Header(response, "Access-Control-Allow-Methods"), "GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(Header(response, "Access-Control-Allow-Headers"),
            "Authorization, Content-Type, X-Parley-CSRF");
  const net::HttpResponse other = Options({{"Origin", "https://evil.test"}});
  EXPECT_EQ(other.status, 204);
  EXPECT_EQ(Header(other, "Access-Control-Allow-Methods"), "");
  EXPECT_EQ(Header(other, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(Header(other, "Allow"), "GET, HEAD, PATCH, OPTIONS");
}

TEST_F(ApiServiceTest, Metrics_CountEveryRefusalUnderItsStatus) {
  metrics::Metrics metrics;
  service().stats().AddTo(metrics);
  // What net refuses before a handler sees it.
  for (const int status : {400, 408, 413, 414, 417, 426, 431, 501, 503, 505}) {
    service().Refuse(status, "not like this");
    EXPECT_THAT(metrics.Text(),
                HasSubstr(fmt::format(
                    R"(parley_http_requests_total{{route="other",status="{}"}} 1)", status)));
  }
}

TEST_F(ApiServiceTest, Metrics_CountAnswersByRouteAndErrorsByCode) {
  metrics::Metrics metrics;
  service().stats().AddTo(metrics);
  Get("/v1/server");
  Send(Make("HEAD", "/v1/server"));
  Get("/v1/users/anybody");
  Get("/nowhere/at/all");
  Send(Make("PUT", "/nowhere/at/all"));
  const std::string text = metrics.Text();
  EXPECT_THAT(text,
              HasSubstr(R"(parley_http_requests_total{route="GET /v1/server",status="200"} 2)"));
  EXPECT_THAT(
      text, HasSubstr(R"(parley_http_requests_total{route="GET /v1/users/{id}",status="401"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(parley_http_requests_total{route="other",status="404"} 1)"));
  EXPECT_THAT(text, HasSubstr("parley_http_request_seconds_count 5"));
  EXPECT_EQ(errors.Get("not_found"), 2U);
  EXPECT_EQ(errors.Get("unauthenticated"), 1U);
}

}  // namespace
}  // namespace parley::http
