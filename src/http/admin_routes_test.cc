#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class AdminRoutesTest : public ApiFixture {
 protected:
  Person RegisterAdmin(std::string_view name) {
    const Person person = Register(name);
    MakeAdmin(person);
    return person;
  }
  net::HttpResponse Patch(const Person& by, const Person& whom, std::string json) {
    return SendJson("PATCH", "/v1/admin/people/" + whom.user_id, std::move(json), Bearer(by));
  }
  net::HttpResponse SignIn(std::string password) {
    return SendJson("POST", "/v1/sessions", R"({"username":"bob","password":")" + password + "\"}");
  }
};

TEST_F(AdminRoutesTest, EveryCall_IsForAdministrators) {
  const Person ann = Register("ann");
  const std::string person = "/v1/admin/people/" + ann.user_id;
  const std::pair<const char*, std::string> calls[] = {
      {"GET", "/v1/admin/settings"},
      {"PATCH", "/v1/admin/settings"},
      {"GET", "/v1/admin/stats"},
      {"GET", "/v1/admin/audit"},
      {"GET", "/v1/admin/people"},
      {"GET", person},
      {"PATCH", person},
      {"POST", person + "/password-reset"},
      {"DELETE", person + "/sessions"},
  };
  for (const auto& [method, path] : calls) {
    EXPECT_EQ(Send(Make(method, path)).status, 401) << method << path;
    const net::HttpResponse refused = SendJson(method, path, "{}", Bearer(ann));
    EXPECT_EQ(refused.status, 403) << method << path;
    EXPECT_EQ(Code(refused), "forbidden");
  }
}

TEST_F(AdminRoutesTest, ByCookie_NeedsItsProofFirst) {
  const Person ann = RegisterAdmin("ann");
  EXPECT_EQ(Get("/v1/admin/settings", Cookie(ann)).status, 200);
  EXPECT_EQ(
      SendJson("PATCH", "/v1/admin/settings", R"({"registration":"closed"})", Cookie(ann)).status,
      403);
  EXPECT_EQ(Field(Get("/v1/server"), "/registration"), "open");
}

TEST_F(AdminRoutesTest, Disable_PublishesTheEndOfSessions) {
  const Person ann = RegisterAdmin("ann");
  const Person bob = Register("bob");
  bus.publications.clear();
  const net::HttpResponse response = Patch(ann, bob, R"({"disabled":true})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/disabled"), "true");
  EXPECT_EQ(Field(response, "/sessions"), "0");
  ASSERT_EQ(bus.publications.size(), 1U);
  EXPECT_EQ(bus.publications[0].event->kind, bus::Event::Kind::kSessionsEnded);
  ASSERT_EQ(bus.publications[0].event->sessions.size(), 1U);
  EXPECT_EQ(bus.publications[0].event->sessions[0].ToString(), bob.session_id);
  EXPECT_EQ(SignIn("correct horse").status, 403);
  EXPECT_EQ(SignIn("wrong horse").status, 401);
  EXPECT_EQ(Patch(ann, ann, R"({"disabled":true})").status, 409);
  EXPECT_EQ(Patch(ann, {.token = {}, .user_id = "x", .session_id = {}}, "{}").status, 404);
}

TEST_F(AdminRoutesTest, PasswordReset_LinkToNewPassword) {
  const Person ann = RegisterAdmin("ann");
  const Person bob = Register("bob");
  const net::HttpResponse made =
      Send(Make("POST", "/v1/admin/people/" + bob.user_id + "/password-reset", Bearer(ann)));
  EXPECT_EQ(made.status, 201);
  const std::string token = Field(made, "/token");
  EXPECT_EQ(Field(made, "/url"), "http://parley.test:8080/reset/" + token);
  bus.publications.clear();
  const std::string body = R"({"token":")" + token + R"(","password":"another horse"})";
  EXPECT_EQ(SendJson("POST", "/v1/password-resets", body).status, 204);
  EXPECT_EQ(bus.publications.size(), 1U);
  EXPECT_EQ(SendJson("POST", "/v1/password-resets", body).status, 404);
  EXPECT_EQ(SignIn("correct horse").status, 401);
  EXPECT_EQ(SignIn("another horse").status, 201);
  const net::HttpResponse audit = Get("/v1/admin/audit", Bearer(ann));
  EXPECT_EQ(Field(audit, "/items/0/action"), "person.password_reset");
  EXPECT_THAT(audit.body, Not(HasSubstr(token)));
}

TEST_F(AdminRoutesTest, People_InPages_ByQuery) {
  const Person ann = RegisterAdmin("ann");
  for (const char* name : {"bob", "bobby", "cyd"}) Register(name);
  const net::HttpResponse first = Get("/v1/admin/people?limit=3", Bearer(ann));
  EXPECT_EQ(Field(first, "/items/0/user/username"), "ann");
  EXPECT_EQ(Field(first, "/items/0/sessions"), "1");
  EXPECT_EQ(Field(first, "/next_cursor"), "bobby");
  const net::HttpResponse rest = Get("/v1/admin/people?limit=3&cursor=bobby", Bearer(ann));
  EXPECT_EQ(Field(rest, "/items/0/user/username"), "cyd");
  EXPECT_EQ(Field(rest, "/next_cursor"), "null");
  const net::HttpResponse found = Get("/v1/admin/people?query=BOB", Bearer(ann));
  EXPECT_EQ(Field(found, "/items/1/user/username"), "bobby");
  EXPECT_EQ(Field(found, "/items/2"), "");
  EXPECT_EQ(Get("/v1/admin/people?cursor=%20", Bearer(ann)).status, 422);
}

TEST_F(AdminRoutesTest, Stats_TellTheNewestSample) {
  const Person ann = RegisterAdmin("ann");
  const net::HttpResponse early = Get("/v1/admin/stats", Bearer(ann));
  EXPECT_EQ(early.status, 503);
  ServerSample sample;
  sample.connections = 1;
  history.Add(sample);
  sample.connections = 2;
  history.Add(sample);
  const net::HttpResponse response = Get("/v1/admin/stats", Bearer(ann));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/now/connections"), "2");
  EXPECT_EQ(Field(response, "/now/version"), PARLEY_VERSION);
  EXPECT_EQ(Field(response, "/history/0/connections"), "1");
  EXPECT_EQ(Field(response, "/history/1/commit_p50_ms"), "null");
}

TEST_F(AdminRoutesTest, Audit_NewestFirst_InPages) {
  const Person ann = RegisterAdmin("ann");
  for (const char* mode : {"closed", "open"}) {
    clock.Advance(std::chrono::seconds(1));
    const std::string body = std::string(R"({"registration":")") + mode + "\"}";
    EXPECT_EQ(SendJson("PATCH", "/v1/admin/settings", body, Bearer(ann)).status, 200);
  }
  const net::HttpResponse first = Get("/v1/admin/audit?limit=1", Bearer(ann));
  EXPECT_EQ(Field(first, "/items/0/admin/username"), "ann");
  EXPECT_EQ(Field(first, "/items/0/detail/to"), "open");
  const net::HttpResponse rest =
      Get("/v1/admin/audit?limit=1&cursor=" + Field(first, "/next_cursor"), Bearer(ann));
  EXPECT_EQ(Field(rest, "/items/0/detail/to"), "closed");
  EXPECT_EQ(Field(rest, "/next_cursor"), "null");
  EXPECT_EQ(Get("/v1/admin/audit?cursor=x", Bearer(ann)).status, 422);
}

}  // namespace
}  // namespace parley::http
