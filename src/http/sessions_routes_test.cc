#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class SessionsRoutesTest : public ApiFixture {
 protected:
  Person Login(std::string device = "phone") {
    clock.Advance(std::chrono::seconds(1));
    const net::HttpResponse response = SendJson(
        "POST", "/v1/sessions",
        R"({"username":"ANN","password":"correct horse","device_name":")" + device + "\"}");
    EXPECT_EQ(response.status, 201) << response.body;
    return {Field(response, "/token"), Field(response, "/user/id"), Field(response, "/session/id")};
  }
  bool IsSignedIn(const Person& person) {
    return Get("/v1/users/me", Bearer(person)).status == 200;
  }
  static SessionId Id(const Person& person) {
    return SessionId::Parse(person.session_id).value_or(SessionId());
  }
  net::HttpResponse Delete(std::string target, net::Headers headers) {
    return Send(Make("DELETE", std::move(target), std::move(headers)));
  }

  const Person first_ = Register("ann");
};

TEST_F(SessionsRoutesTest, Login_WrongNameAndWrongPassword_LookTheSame) {
  const net::HttpResponse password =
      SendJson("POST", "/v1/sessions", R"({"username":"ann","password":"wrong horse"})");
  const net::HttpResponse name =
      SendJson("POST", "/v1/sessions", R"({"username":"nobody","password":"wrong horse"})");
  EXPECT_EQ(password.status, 401);
  EXPECT_EQ(Code(password), "unauthenticated");
  EXPECT_EQ(name.status, 401);
  EXPECT_EQ(name.body, password.body);
}

TEST_F(SessionsRoutesTest, Login_OneTooMany_ClosesTheWebSocketsOfTheOldest) {
  for (std::size_t i = 1; i < Limits().sessions_per_person; ++i) Login();
  EXPECT_THAT(bus.publications, IsEmpty());
  Login();
  ASSERT_THAT(bus.publications, SizeIs(1));
  EXPECT_EQ(bus.publications[0].event->kind, bus::Event::Kind::kSessionsEnded);
  EXPECT_THAT(bus.publications[0].event->sessions, ElementsAre(Id(first_)));
  EXPECT_FALSE(IsSignedIn(first_));
}

TEST_F(SessionsRoutesTest, List_MarksTheOneThatAsks) {
  const Person second = Login();
  const net::HttpResponse response = Get("/v1/sessions", Bearer(second));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/items/0/id"), first_.session_id);
  EXPECT_EQ(Field(response, "/items/1/id"), second.session_id);
  EXPECT_EQ(Field(response, "/items/1/device_name"), "phone");
  EXPECT_THAT(response.body, HasSubstr("\"current\":false"));
  EXPECT_THAT(response.body, HasSubstr("\"current\":true"));
  EXPECT_THAT(response.body, HasSubstr("\"next_cursor\":null"));
}

TEST_F(SessionsRoutesTest, EndCurrent_EndsItAndTellsTheGateways) {
  const Person second = Login();
  const net::HttpResponse response = Delete("/v1/sessions/current", Bearer(second));
  EXPECT_EQ(response.status, 204);
  EXPECT_THAT(response.body, IsEmpty());
  EXPECT_EQ(Header(response, "Set-Cookie"), "");
  EXPECT_FALSE(IsSignedIn(second));
  EXPECT_TRUE(IsSignedIn(first_));
  ASSERT_THAT(bus.publications, SizeIs(1));
  const FakeBus::Publication& told = bus.publications[0];
  EXPECT_EQ(told.event->kind, bus::Event::Kind::kSessionsEnded);
  EXPECT_THAT(told.event->sessions, ElementsAre(Id(second)));
  EXPECT_THAT(told.recipients, ElementsAre(UserId::Parse(first_.user_id).value_or(UserId())));
}

TEST_F(SessionsRoutesTest, EndCurrent_ByCookie_ClearsIt) {
  net::Headers headers = Cookie(first_);
  headers.emplace_back("X-Parley-CSRF", "1");
  headers.emplace_back("Origin", "http://parley.test:8080");
  const net::HttpResponse response = Delete("/v1/sessions/current", headers);
  EXPECT_EQ(response.status, 204);
  EXPECT_THAT(Header(response, "Set-Cookie"), HasSubstr("parley_session=; Path=/; Max-Age=0"));
  EXPECT_FALSE(IsSignedIn(first_));
}

TEST_F(SessionsRoutesTest, EndOne_AnotherDevice) {
  const Person second = Login();
  net::Headers headers = Cookie(first_);
  headers.emplace_back("X-Parley-CSRF", "1");
  headers.emplace_back("Origin", "http://parley.test:8080");
  const net::HttpResponse response = Delete("/v1/sessions/" + second.session_id, headers);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(Header(response, "Set-Cookie"), "");  // the browser's own goes on
  EXPECT_FALSE(IsSignedIn(second));
  EXPECT_TRUE(IsSignedIn(first_));
}

TEST_F(SessionsRoutesTest, EndOne_OfSomebodyElse_Is404) {
  const Person bo = Register("bob");
  for (const std::string& id : {bo.session_id, std::string("nonsense"), first_.user_id}) {
    const net::HttpResponse response = Delete("/v1/sessions/" + id, Bearer(first_));
    EXPECT_EQ(response.status, 404) << id;
    EXPECT_EQ(Code(response), "not_found");
  }
  EXPECT_TRUE(IsSignedIn(bo));
  EXPECT_THAT(bus.publications, IsEmpty());
}

TEST_F(SessionsRoutesTest, EndOthers_LeavesTheCurrentOne) {
  const Person second = Login();
  const Person third = Login();
  EXPECT_EQ(Delete("/v1/sessions", Bearer(second)).status, 204);
  EXPECT_TRUE(IsSignedIn(second));
  EXPECT_FALSE(IsSignedIn(first_));
  EXPECT_FALSE(IsSignedIn(third));
  ASSERT_THAT(bus.publications, SizeIs(1));
  EXPECT_THAT(bus.publications[0].event->sessions, ElementsAre(Id(first_), Id(third)));

  EXPECT_EQ(Delete("/v1/sessions", Bearer(second)).status, 204);
  EXPECT_THAT(bus.publications, SizeIs(1));  // nothing ended: nothing to tell
}

TEST_F(SessionsRoutesTest, ChangePassword_SignsOutTheOthers) {
  const Person second = Login();
  const net::HttpResponse wrong =
      SendJson("POST", "/v1/users/me/password", R"({"old":"wrong horse","new":"battery staple"})",
               Bearer(second));
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(Code(wrong), "forbidden");
  const net::HttpResponse response =
      SendJson("POST", "/v1/users/me/password", R"({"old":"correct horse","new":"battery staple"})",
               Bearer(second));
  EXPECT_EQ(response.status, 204);
  EXPECT_TRUE(IsSignedIn(second));
  EXPECT_FALSE(IsSignedIn(first_));
  ASSERT_THAT(bus.publications, SizeIs(1));
  EXPECT_THAT(bus.publications[0].event->sessions, ElementsAre(Id(first_)));
  EXPECT_THAT(
      SendJson("POST", "/v1/sessions", R"({"username":"ann","password":"correct horse"})").body,
      Not(HasSubstr("token")));
}

}  // namespace
}  // namespace parley::http
