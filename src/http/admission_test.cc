#include "http/admission.h"

#include <chrono>
#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::SizeIs;

/// The API with rates of two of each, one more every 30 s.
class AdmissionTest : public ApiFixture {
 protected:
  AdmissionTest() {
    settings.origins.trusted_proxies = {"10.0.0.0/8"};
    rates = &limits_;
  }
  static limits::RateSettings Tiny() {
    constexpr limits::Rate kTwo{.per_minute = 2, .burst = 2};
    limits::RateSettings tiny;
    tiny.requests = tiny.conversations = tiny.searches = tiny.sends = kTwo;
    tiny.anonymous = {.per_minute = 2, .burst = 8};
    tiny.accounts = tiny.sign_ins = tiny.failed_tokens = tiny.websockets = kTwo;
    return tiny;
  }
  /// Checks the whole form of the refusal.
  static void ExpectRefused(const net::HttpResponse& response, const char* seconds = "30") {
    EXPECT_EQ(response.status, 429) << response.body;
    EXPECT_EQ(Code(response), "rate_limited");
    EXPECT_EQ(Header(response, "Retry-After"), seconds);
  }
  net::HttpResponse SendFrom(std::string peer, net::HttpRequest request) {
    request.peer_address = std::move(peer);
    return Send(std::move(request));
  }
  net::HttpRequest WebSocketRequest(net::Headers headers = {}) {
    headers.emplace_back("Sec-WebSocket-Protocol", "parley.v1");
    return Make("GET", "/v1/ws", std::move(headers));
  }

  limits::SteadyTime now_{std::chrono::hours(1)};
  limits::RateLimits limits_{Tiny(), true, random, [this] { return now_; }};
};

TEST_F(AdmissionTest, Requests_OfAnAccount) {
  const Person ann = Register("ann");
  const Person bob = Register("bob");
  EXPECT_EQ(Get("/v1/users/me", Bearer(ann)).status, 200);
  EXPECT_EQ(Get("/v1/users/me", Bearer(ann)).status, 200);
  now_ += std::chrono::milliseconds(100);
  ExpectRefused(Get("/v1/users/me", Bearer(ann)));  // 29.9 s, rounded up
  EXPECT_EQ(Get("/v1/users/me", Bearer(bob)).status, 200);
  now_ += std::chrono::seconds(30);
  EXPECT_EQ(Get("/v1/users/me", Bearer(ann)).status, 200);
}

TEST_F(AdmissionTest, Searches_OfAnAccount) {
  limits::RateSettings tiny = Tiny();
  tiny.requests = limits::RateSettings().requests;
  limits_.Set(tiny, true);
  const Person ann = Register("ann");
  EXPECT_EQ(Get("/v1/users?query=an", Bearer(ann)).status, 200);
  EXPECT_EQ(Get("/v1/users?query=an", Bearer(ann)).status, 200);
  ExpectRefused(Get("/v1/users?query=an", Bearer(ann)));
  EXPECT_EQ(Get("/v1/users?ids=" + ann.user_id, Bearer(ann)).status, 200);
}

TEST_F(AdmissionTest, AConversationWhoseMembersAreTooMany_TakesNothing) {
  limits::RateSettings tiny = Tiny();
  tiny.requests = limits::RateSettings().requests;
  tiny.members = {.per_minute = 6, .burst = 1};
  limits_.Set(tiny, true);
  const Person ann = Register("ann");
  const Person bob = Register("bob");
  const std::string json =
      R"({"kind":"group","title":"Trip","member_ids":[")" + bob.user_id + R"("]})";
  const auto create = [&] { return SendJson("POST", "/v1/conversations", json, Bearer(ann)); };
  EXPECT_EQ(create().status, 201);
  for (int i = 0; i < 5; ++i) ExpectRefused(create(), "10");
  now_ += std::chrono::seconds(10);
  EXPECT_EQ(create().status, 201) << "who waits as told gets through";
  now_ += std::chrono::seconds(10);
  ExpectRefused(create(), "10");  // by the rate of conversations now
}

TEST_F(AdmissionTest, Anonymous_WhateverIsAskedFor) {
  for (const char* target : {"/v1/server", "/v1/nothing", "/v1/users/me", "/v1/%"}) {
    Get(target);
    Get(target);
  }
  for (const char* target : {"/v1/server", "/v1/nothing", "/v1/users/me", "/v1/%"}) {
    ExpectRefused(Get(target));
  }
  EXPECT_EQ(SendFrom("192.0.2.1", Make("GET", "/v1/server")).status, 200);
}

TEST_F(AdmissionTest, Accounts_OfAnAddress) {
  Register("ann");
  Register("bob");
  const std::string json = R"({"username":"cyd","password":"correct horse"})";
  ExpectRefused(SendJson("POST", "/v1/accounts", json));
  now_ += std::chrono::seconds(30);
  EXPECT_EQ(SendJson("POST", "/v1/accounts", json).status, 201);
}

TEST_F(AdmissionTest, SignIns_OfAnAddress) {
  const std::string json = R"({"username":"ann","password":"correct horse"})";
  EXPECT_EQ(SendJson("POST", "/v1/sessions", json).status, 401);
  EXPECT_EQ(SendJson("POST", "/v1/sessions", json).status, 401);
  ExpectRefused(SendJson("POST", "/v1/sessions", json));
}

TEST_F(AdmissionTest, FailedTokens_DoNotStopGoodOnes) {
  const Person ann = Register("ann");
  const net::Headers wrong = {{"Authorization", "Bearer nonsense"}};
  EXPECT_EQ(Get("/v1/users/me", wrong).status, 401);
  EXPECT_EQ(Get("/v1/users/me", wrong).status, 401);
  ExpectRefused(Get("/v1/users/me", wrong));
  EXPECT_EQ(Get("/v1/users/me", Bearer(ann)).status, 200);
}

TEST_F(AdmissionTest, WebSockets_OfAnAddress) {
  EXPECT_TRUE(std::holds_alternative<net::AcceptWebSocket>(Upgrade(WebSocketRequest())));
  EXPECT_TRUE(std::holds_alternative<net::AcceptWebSocket>(Upgrade(WebSocketRequest())));
  const UpgradeAnswer refused = Upgrade(WebSocketRequest());
  ASSERT_TRUE(std::holds_alternative<net::HttpResponse>(refused));
  ExpectRefused(std::get<net::HttpResponse>(refused));
  EXPECT_THAT(sessions.made, SizeIs(2));
  EXPECT_EQ(sessions.made[0].client, limits::ClientAddress::Parse("127.0.0.1"));
}

TEST_F(AdmissionTest, WebSocketsWithWrongTokens_CountAsFailedTokens) {
  limits::RateSettings tiny = Tiny();
  tiny.websockets = limits::RateSettings().websockets;
  limits_.Set(tiny, true);
  const net::Headers wrong = {{"Authorization", "Bearer nonsense"}};
  for (const int status : {401, 401, 429}) {
    EXPECT_EQ(std::get<net::HttpResponse>(Upgrade(WebSocketRequest(wrong))).status, status);
  }
}

TEST_F(AdmissionTest, ForwardedFor_CountsOnlyBehindATrustedProxy) {
  const auto ask = [this](std::string peer, const char* client) {
    net::HttpRequest request = Make(
        "POST", "/v1/sessions", {{"Content-Type", "application/json"}, {"X-Forwarded-For", client}},
        R"({"username":"ann","password":"correct horse"})");
    return SendFrom(std::move(peer), std::move(request)).status;
  };
  for (const char* client : {"198.51.100.1", "198.51.100.2", "198.51.100.3"}) {
    EXPECT_EQ(ask("10.0.0.1", client), 401);
    EXPECT_EQ(ask("10.0.0.2", client), 401);
    EXPECT_EQ(ask("10.0.0.1", client), 429);
  }
  EXPECT_EQ(ask("192.0.2.1", "198.51.100.4"), 401);
  EXPECT_EQ(ask("192.0.2.1", "198.51.100.5"), 401);
  EXPECT_EQ(ask("192.0.2.1", "198.51.100.6"), 429);
}

TEST_F(AdmissionTest, Off_LimitsNothing) {
  limits_.Set(Tiny(), false);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Get("/v1/server").status, 200);
    EXPECT_EQ(Get("/v1/users/me").status, 401);
  }
}

}  // namespace
}  // namespace parley::http
