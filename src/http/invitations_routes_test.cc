#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class InvitationsRoutesTest : public ApiFixture {
 protected:
  net::HttpResponse Create(const Person& person, std::string json = "{}") {
    return SendJson("POST", "/v1/invitations", std::move(json), Bearer(person));
  }
};

TEST_F(InvitationsRoutesTest, Create_AnswersTheTokenOnce_AndALink) {
  const Person ann = Register("ann");
  const net::HttpResponse made = Create(ann, R"({"max_uses":2,"expires_in_ms":3600000})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(Field(made, "/created_by"), ann.user_id);
  EXPECT_EQ(Field(made, "/max_uses"), "2");
  const std::string token = Field(made, "/token");
  EXPECT_EQ(Field(made, "/url"), "http://parley.test:8080/invite/" + token);

  const net::HttpResponse list = Get("/v1/invitations", Bearer(ann));
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(Field(list, "/items/0/id"), Field(made, "/id"));
  EXPECT_THAT(list.body, Not(HasSubstr(token)));

  const net::HttpResponse invite = Get("/v1/invites/" + token);
  EXPECT_EQ(invite.status, 200);
  EXPECT_EQ(Field(invite, "/inviter/username"), "ann");
  EXPECT_EQ(Field(invite, "/expires_at"), Field(made, "/expires_at"));
}

TEST_F(InvitationsRoutesTest, Create_ByHttpsOrWithAPublicUrl_LinksThere) {
  const Person ann = Register("ann");
  net::Headers headers = Bearer(ann);
  headers.emplace_back("Content-Type", "application/json");
  net::HttpRequest request = Make("POST", "/v1/invitations", headers, "{}");
  request.secure = true;
  EXPECT_THAT(Field(Send(std::move(request)), "/url"),
              testing::StartsWith("https://parley.test:8080/invite/pi_"));
}

TEST_F(InvitationsRoutesTest, Create_TooMany_Is409) {
  const Person ann = Register("ann");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Create(ann).status, 201);
  const net::HttpResponse refused = Create(ann);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(Code(refused), "conflict");
}

TEST_F(InvitationsRoutesTest, Create_WrongFields_Are422) {
  const Person ann = Register("ann");
  for (const char* json : {R"({"max_uses":0})", R"({"max_uses":1001})",
                           R"({"max_uses":4294967297})", R"({"expires_in_ms":1})", R"({"x":1})"}) {
    EXPECT_EQ(Create(ann, json).status, 422) << json;
  }
  EXPECT_EQ(Send(Make("POST", "/v1/invitations", Bearer(ann), "{}")).status, 415);
}

TEST_F(InvitationsRoutesTest, Register_ByInvitation_SaysWhose) {
  const Person ann = Register("ann");
  const std::string token = Field(Create(ann), "/token");
  const std::string body = R"({"username":"bob","password":"correct horse","invite":")" + token;
  const net::HttpResponse bob = SendJson("POST", "/v1/accounts", body + "\"}");
  EXPECT_EQ(bob.status, 201);
  EXPECT_EQ(Field(bob, "/invited_by"), ann.user_id);
  EXPECT_EQ(Get("/v1/invites/" + token).status, 404);
  const net::HttpResponse again =
      SendJson("POST", "/v1/accounts",
               R"({"username":"cyd","password":"correct horse","invite":")" + token + "\"}");
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(Field(again, "/errors/0/field"), "invite");
}

TEST_F(InvitationsRoutesTest, Revoke_TakesItBack) {
  const Person ann = Register("ann");
  const Person bob = Register("bob");
  const std::string path = "/v1/invitations/" + Field(Create(ann), "/id");
  EXPECT_EQ(Send(Make("DELETE", path, Bearer(bob))).status, 404);
  EXPECT_EQ(Send(Make("DELETE", path, Bearer(ann))).status, 204);
  EXPECT_EQ(Send(Make("DELETE", path, Bearer(ann))).status, 404);
  EXPECT_EQ(Send(Make("DELETE", "/v1/invitations/x", Bearer(ann))).status, 404);
}

TEST_F(InvitationsRoutesTest, List_Pages_AndRefusesForeignCursors) {
  const Person ann = Register("ann");
  for (int i = 0; i < 3; ++i) {
    clock.Advance(std::chrono::seconds(1));
    EXPECT_EQ(Create(ann).status, 201);
  }
  const net::HttpResponse first = Get("/v1/invitations?limit=2", Bearer(ann));
  const std::string cursor = Field(first, "/next_cursor");
  EXPECT_EQ(cursor, Field(first, "/items/1/id"));
  const net::HttpResponse rest = Get("/v1/invitations?limit=2&cursor=" + cursor, Bearer(ann));
  EXPECT_NE(Field(rest, "/items/0/id"), "");
  EXPECT_EQ(Field(rest, "/items/1/id"), "");
  EXPECT_EQ(Field(rest, "/next_cursor"), "null");
  EXPECT_EQ(Get("/v1/invitations?cursor=x", Bearer(ann)).status, 422);
}

}  // namespace
}  // namespace parley::http
