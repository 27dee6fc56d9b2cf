#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class WebSocketRouteTest : public ApiFixture {
 protected:
  UpgradeAnswer Ask(net::Headers headers, std::string target = "/v1/ws",
                    std::string protocol = "parley.v1") {
    headers.emplace_back("Upgrade", "websocket");
    if (!protocol.empty()) headers.emplace_back("Sec-WebSocket-Protocol", std::move(protocol));
    return Upgrade(Make("GET", std::move(target), std::move(headers)));
  }
  static int StatusOf(const UpgradeAnswer& answer) {
    const auto* response = std::get_if<net::HttpResponse>(&answer);
    return response == nullptr ? 101 : response->status;
  }

  const Person ann_ = Register("ann");
};

TEST_F(WebSocketRouteTest, Bearer_MakesASessionForItsOwner) {
  const UpgradeAnswer answer = Ask(Bearer(ann_));
  ASSERT_TRUE(std::holds_alternative<net::AcceptWebSocket>(answer));
  EXPECT_EQ(std::get<net::AcceptWebSocket>(answer).subprotocol, "parley.v1");
  const auto& headers = std::get<net::AcceptWebSocket>(answer).headers;
  EXPECT_THAT(headers, testing::ElementsAre(testing::Pair("X-Request-Id", testing::SizeIs(36))));
  ASSERT_THAT(sessions.made, SizeIs(1));
  const auth::Caller caller = sessions.made[0].caller.value_or(auth::Caller());
  EXPECT_EQ(caller.user.ToString(), ann_.user_id);
  EXPECT_EQ(caller.session.ToString(), ann_.session_id);
  EXPECT_EQ(sessions.made[0].start, gateway::Start::kLive);
}

TEST_F(WebSocketRouteTest, WithoutToken_TheSessionWaitsForAuth) {
  EXPECT_EQ(StatusOf(Ask({}, "/v1/ws?resume=1", "chat, parley.v1")), 101);
  ASSERT_THAT(sessions.made, SizeIs(1));
  EXPECT_EQ(sessions.made[0].caller, std::nullopt);
  EXPECT_EQ(sessions.made[0].start, gateway::Start::kResume);
}

TEST_F(WebSocketRouteTest, Subprotocol_MustBeOffered) {
  for (const char* protocol : {"", "chat", "parley.v2", "xparley.v1"}) {
    const UpgradeAnswer answer = Ask(Bearer(ann_), "/v1/ws", protocol);
    ASSERT_EQ(StatusOf(answer), 400) << protocol;
    EXPECT_EQ(Code(std::get<net::HttpResponse>(answer)), "invalid");
  }
  EXPECT_THAT(sessions.made, IsEmpty());
}

TEST_F(WebSocketRouteTest, WrongToken_Is401) {
  const UpgradeAnswer answer = Ask({{"Authorization", "Bearer pt_wrong"}});
  ASSERT_EQ(StatusOf(answer), 401);
  EXPECT_EQ(Code(std::get<net::HttpResponse>(answer)), "unauthenticated");
  EXPECT_EQ(StatusOf(Ask({{"Cookie", "parley_session=x"}, {"Origin", "http://parley.test:8080"}})),
            401);
  EXPECT_THAT(sessions.made, IsEmpty());
}

TEST_F(WebSocketRouteTest, Cookie_NeedsAnOriginOfOurs) {
  const auto with_origin = [&](const char* origin) {
    net::Headers headers = Cookie(ann_);
    headers.emplace_back("Origin", origin);
    return StatusOf(Ask(headers));
  };
  EXPECT_EQ(StatusOf(Ask(Cookie(ann_))), 403);
  EXPECT_EQ(with_origin("https://evil.test"), 403);
  EXPECT_EQ(with_origin("http://parley.test:8080"), 101);
}

TEST_F(WebSocketRouteTest, Resume_OtherValuesAre422) {
  EXPECT_EQ(StatusOf(Ask(Bearer(ann_), "/v1/ws?resume=yes")), 422);
  EXPECT_EQ(StatusOf(Ask(Bearer(ann_), "/v1/ws?resume=0")), 101);
}

TEST_F(WebSocketRouteTest, OtherPaths_AreAnsweredAsPlainRequests) {
  EXPECT_EQ(StatusOf(Ask({}, "/ws")), 404);
  EXPECT_EQ(StatusOf(Ask({}, "/v1/%")), 400);
  EXPECT_EQ(StatusOf(Ask({}, "/v1/server")), 200);
}

TEST_F(WebSocketRouteTest, WithoutUpgrade_Is426) {
  const net::HttpResponse response = Get("/v1/ws", Bearer(ann_));
  EXPECT_EQ(response.status, 426);
  EXPECT_EQ(Code(response), "invalid");
  EXPECT_EQ(Header(response, "Upgrade"), "websocket");
}

}  // namespace
}  // namespace parley::http
