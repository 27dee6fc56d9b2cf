#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/token.h"
#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kAnn = R"({"username":"Ann","password":"correct horse"})";

class AccountsRoutesTest : public ApiFixture {};

TEST_F(AccountsRoutesTest, Register_AnswersUserTokenAndSession) {
  const net::HttpResponse response = SendJson(
      "POST", "/v1/accounts",
      R"({"username":"Ann","password":"correct horse","display_name":"Ann B","email":"a@b.c","device_name":"laptop"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(Field(response, "/user/username"), "ann");
  EXPECT_EQ(Field(response, "/user/display_name"), "Ann B");
  EXPECT_EQ(Field(response, "/user/email"), "a@b.c");
  EXPECT_EQ(Field(response, "/session/device_name"), "laptop");
  EXPECT_THAT(Field(response, "/token"), StartsWith("pt_"));
  EXPECT_EQ(Header(response, "Set-Cookie"), "");
  EXPECT_EQ(Header(response, "Cache-Control"), "no-store");
}

TEST_F(AccountsRoutesTest, Register_TakenNameInAnyCase_Is409) {
  EXPECT_EQ(SendJson("POST", "/v1/accounts", kAnn).status, 201);
  const net::HttpResponse again =
      SendJson("POST", "/v1/accounts", R"({"username":"aNN","password":"something else"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(Code(again), "conflict");
}

TEST_F(AccountsRoutesTest, Register_WrongFields_AreNamed) {
  const net::HttpResponse response =
      SendJson("POST", "/v1/accounts", R"({"username":"a","password":"short","colour":"red"})");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Code(response), "invalid");
  for (const char* field : {"username", "password", "colour"}) {
    EXPECT_THAT(response.body, HasSubstr(std::string("\"field\":\"") + field));
  }
}

TEST_F(AccountsRoutesTest, Register_ByCookie_KeepsTheTokenFromScripts) {
  const char* json = R"({"username":"ann","password":"correct horse","cookie":true})";
  const net::HttpResponse refused = SendJson("POST", "/v1/accounts", json);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(SendJson("POST", "/v1/accounts", json, {{"Origin", "https://evil.test"}}).status, 403);

  const net::HttpResponse response =
      SendJson("POST", "/v1/accounts", json, {{"Origin", "http://parley.test:8080"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, Not(HasSubstr("token")));
  const std::string cookie = Header(response, "Set-Cookie");
  EXPECT_THAT(cookie, StartsWith("parley_session=pt_"));
  EXPECT_THAT(cookie, HasSubstr("HttpOnly"));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  const std::string pair = cookie.substr(0, cookie.find(';'));
  EXPECT_EQ(Get("/v1/users/me", {{"Cookie", pair}}).status, 200);
}

TEST_F(AccountsRoutesTest, Register_ByCookieOverHttps_IsSecure) {
  net::HttpRequest request =
      Make("POST", "/v1/accounts",
           {{"Content-Type", "application/json"}, {"Origin", "https://parley.test:8080"}},
           R"({"username":"ann","password":"correct horse","cookie":true})");
  request.secure = true;
  EXPECT_THAT(Header(Send(std::move(request)), "Set-Cookie"), HasSubstr("; Secure"));
}

TEST_F(AccountsRoutesTest, ClaimAdmin_WorksOnce) {
  const Person ann = Register("ann");
  const auto made = runtime::RunTask(shard, administration.EnsureClaim());
  ASSERT_TRUE(made.ok() && made->has_value());
  const std::string body = R"({"token":")" + made->value_or("") + R"("})";

  EXPECT_EQ(SendJson("POST", "/v1/admin/claim", body).status, 401);
  EXPECT_EQ(SendJson("POST", "/v1/admin/claim", R"({"token":"pa_x"})", Bearer(ann)).status, 404);
  const net::HttpResponse response = SendJson("POST", "/v1/admin/claim", body, Bearer(ann));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\"admin\":true"));
  const net::HttpResponse again = SendJson("POST", "/v1/admin/claim", body, Bearer(ann));
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(Code(again), "not_found");
}

}  // namespace
}  // namespace parley::http
