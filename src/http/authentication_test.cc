#include <string>

#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

constexpr const char* kOwnOrigin = "http://parley.test:8080";

class AuthenticationTest : public ApiFixture {
 protected:
  net::Headers WithCookie(const Person& person, std::string_view origin, std::string_view csrf) {
    net::Headers headers = Cookie(person);
    if (!origin.empty()) headers.emplace_back("Origin", origin);
    if (!csrf.empty()) headers.emplace_back("X-Parley-CSRF", csrf);
    return headers;
  }
  /// Of a state-changing request.
  int Change(net::Headers headers) {
    return SendJson("PATCH", "/v1/users/me", R"({"display_name":"Ann B"})", std::move(headers))
        .status;
  }
};

TEST_F(AuthenticationTest, WithoutToken_Is401AndNamesTheScheme) {
  const net::HttpResponse response = Get("/v1/users/me");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Code(response), "unauthenticated");
  EXPECT_EQ(Header(response, "WWW-Authenticate"), "Bearer");
}

TEST_F(AuthenticationTest, WrongTokens_Are401) {
  const Person ann = Register("ann");
  std::string forged = ann.token;
  forged[10] = forged[10] == 'A' ? 'B' : 'A';
  for (const std::string& value : {"Bearer " + forged, std::string("Bearer "),
                                   std::string("Bearer x"), "Basic " + ann.token, ann.token}) {
    EXPECT_EQ(Get("/v1/users/me", {{"Authorization", value}}).status, 401) << value;
  }
  net::Headers twice = Bearer(ann);
  twice.push_back(twice.front());
  EXPECT_EQ(Get("/v1/users/me", twice).status, 401);
  EXPECT_EQ(Get("/v1/users/me", {{"Cookie", "parley_session=" + forged}}).status, 401);
}

TEST_F(AuthenticationTest, ExpiredToken_Is401) {
  const Person ann = Register("ann");
  clock.Advance(kSessionLifetime + std::chrono::hours(1));
  EXPECT_EQ(Get("/v1/users/me", Bearer(ann)).status, 401);
}

TEST_F(AuthenticationTest, Bearer_NeedsNeitherCsrfNorOrigin) {
  const Person ann = Register("ann");
  EXPECT_EQ(Get("/v1/users/me", Bearer(ann)).status, 200);
  EXPECT_EQ(Change(Bearer(ann)), 200);
  net::Headers from_elsewhere = Bearer(ann);
  from_elsewhere.emplace_back("Origin", "https://evil.test");
  EXPECT_EQ(Change(from_elsewhere), 200);
}

TEST_F(AuthenticationTest, Cookie_ReadsWithoutMore) {
  const Person ann = Register("ann");
  EXPECT_EQ(Get("/v1/users/me", Cookie(ann)).status, 200);
  EXPECT_EQ(Get("/v1/users/me", WithCookie(ann, "https://evil.test", "")).status, 200);
}

TEST_F(AuthenticationTest, Cookie_ChangesNeedCsrfHeaderAndOwnOrigin) {
  settings.origins.allowed_origins = {"https://app.example"};
  const Person ann = Register("ann");
  EXPECT_EQ(Change(WithCookie(ann, kOwnOrigin, "1")), 200);
  EXPECT_EQ(Change(WithCookie(ann, "https://app.example", "1")), 200);
  EXPECT_EQ(Change(WithCookie(ann, "", "1")), 403);
  EXPECT_EQ(Change(WithCookie(ann, "https://evil.test", "1")), 403);
  EXPECT_EQ(Change(WithCookie(ann, kOwnOrigin, "")), 403);
  EXPECT_EQ(Change(WithCookie(ann, kOwnOrigin, "0")), 403);
  EXPECT_EQ(Change(WithCookie(ann, "", "")), 403);
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    const char* target = method == std::string_view("POST")  ? "/v1/conversations"
                         : method == std::string_view("PUT") ? "/v1/conversations/x/read"
                                                             : "/v1/sessions/current";
    const net::HttpResponse response = SendJson(method, target, "{}", Cookie(ann));
    EXPECT_EQ(response.status, 403) << method;
    EXPECT_EQ(Code(response), "forbidden");
  }
}

TEST_F(AuthenticationTest, HeaderWinsOverCookie) {
  const Person ann = Register("ann");
  const Person bo = Register("bob");
  net::Headers both = Cookie(ann);
  both.emplace_back("Authorization", "Bearer " + bo.token);
  EXPECT_EQ(Field(Get("/v1/users/me", both), "/username"), "bob");
  EXPECT_EQ(Change(both), 200);  // so no CSRF header is asked for

  net::Headers wrong = Cookie(ann);
  wrong.emplace_back("Authorization", "Bearer nonsense");
  EXPECT_EQ(Get("/v1/users/me", wrong).status, 401);
}

TEST_F(AuthenticationTest, PublicCallsIgnoreStaleTokens) {
  EXPECT_EQ(Get("/v1/server", {{"Authorization", "Bearer x"}}).status, 200);
  const net::HttpResponse response =
      SendJson("POST", "/v1/accounts", R"({"username":"ann","password":"correct horse"})",
               {{"Cookie", "parley_session=old"}});
  EXPECT_EQ(response.status, 201);
}

}  // namespace
}  // namespace parley::http
