// Session: how fast a client may be, and what becomes of who does not heed.

#include <string>
#include <vector>

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "gateway/refusals.h"
#include "gateway/testing/session_fixture.h"

namespace parley::gateway {
namespace {

using net::CloseCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(RefusalsTest, OneTooManyWithinTheWindow) {
  limits::SteadyTime now{std::chrono::hours(1)};
  Refusals refusals;
  for (std::size_t i = 1; i < Refusals::kMax; ++i) EXPECT_TRUE(refusals.Count(now));
  EXPECT_FALSE(refusals.Count(now + Refusals::kWindow - milliseconds(1)));
}

TEST(RefusalsTest, APause_BeginsAnew) {
  limits::SteadyTime now{std::chrono::hours(1)};
  Refusals refusals;
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 1; i < Refusals::kMax; ++i) EXPECT_TRUE(refusals.Count(now));
    now += Refusals::kWindow;
  }
}

/// Sessions with rates of three sends, two momentary frames and eight frames, one more each minute.
class SessionRatesTest : public SessionFixture {
 protected:
  static limits::RateSettings Tiny() {
    limits::RateSettings tiny;
    tiny.sends = {.per_minute = 1, .burst = 3};
    tiny.momentary = {.per_minute = 1, .burst = 2};
    tiny.frames = {.per_minute = 1, .burst = 8};
    tiny.failed_tokens = {.per_minute = 1, .burst = 1};
    tiny.resumes = {.per_minute = 60, .burst = 5};
    return tiny;
  }
  SessionEnvironment Environment() {
    SessionEnvironment environment{.chat = backend_.chat(),
                                   .accounts = accounts_,
                                   .bus = bus_,
                                   .presence = presence_,
                                   .limits = Limits()};
    environment.rates = &rates_;
    return environment;
  }
  std::unique_ptr<TestClient> ConnectLimited(std::optional<auth::Caller> caller,
                                             Start start = Start::kLive) {
    auto client =
        std::make_unique<TestClient>(backend_, limited_, caller, start, limits::ClientAddress());
    client->Told();
    return client;
  }
  /// A resume that names so many conversations that nobody is in.
  std::string ResumeFrame(int heads, bool more = false) {
    std::string named;
    for (int i = 0; i < heads; ++i) {
      named += fmt::format(R"({}"{}":1)", i == 0 ? "" : ",",
                           Uuid::Version7(backend_.clock().Now(), random_).ToString());
    }
    return fmt::format(R"({{"type":"resume","ref":"r","heads":{{{}}},"more":{}}})", named, more);
  }
  std::string SendFrame(int ref) {
    return fmt::format(
        R"({{"type":"send","ref":"{}","conversation_id":"{}","client_id":"{}","text":"hello"}})",
        ref, group_.ToString(), Uuid::Version7(backend_.clock().Now(), random_).ToString());
  }
  std::string TypingFrame() {
    return fmt::format(R"({{"type":"typing","conversation_id":"{}","active":true}})",
                       group_.ToString());
  }
  /// The errors among what the client was told, once there are so many.
  std::vector<std::string> Errors(TestClient& client, std::size_t count) {
    std::vector<std::string> errors;
    RunUntil([&] {
      for (std::string& told : client.Told()) {
        if (told.starts_with("error")) errors.push_back(std::move(told));
      }
      return errors.size() >= count;
    });
    return errors;
  }

  limits::SteadyTime now_{std::chrono::hours(1)};
  limits::RateLimits rates_{Tiny(), true, random_, [this] { return now_; }};
  Sessions limited_{Environment()};
};

TEST_F(SessionRatesTest, Sends_AreRefusedWithTheirRefAndTheTimeToWait) {
  const auto client = ConnectLimited(CallerOf(ann_));
  for (int ref = 1; ref <= 4; ++ref) client->Say(SendFrame(ref));
  EXPECT_THAT(Errors(*client, 1), ElementsAre("error 4 rate_limited"));
  bool told = false;
  for (const std::string& frame : client->socket.frames) {
    told = told || frame.find(R"("retry_after_ms":60000)") != std::string::npos;
  }
  EXPECT_TRUE(told);
  EXPECT_FALSE(client->socket.closed);
}

TEST_F(SessionRatesTest, Sends_CountForTheAccountOverItsSessions) {
  const auto one = ConnectLimited(CallerOf(ann_));
  const auto other = ConnectLimited(CallerOf(ann_));
  const auto bob = ConnectLimited(CallerOf(bo_));
  for (int ref = 1; ref <= 2; ++ref) one->Say(SendFrame(ref));
  EXPECT_TRUE(rates_.Admit(ann_, limits::Action::kSend).ok());  // as HTTP does
  other->Say(SendFrame(3));
  EXPECT_THAT(Errors(*other, 1), ElementsAre("error 3 rate_limited"));
  bob->Say(SendFrame(4));
  RunUntil([&] { return !bob->Told().empty(); });
  EXPECT_TRUE(rates_.Admit(bo_, limits::Action::kSend).ok());
}

TEST_F(SessionRatesTest, FramesWithoutAnAnswer_AreToldToo) {
  const auto client = ConnectLimited(CallerOf(ann_));
  for (int i = 0; i < 3; ++i) client->Say(TypingFrame());
  EXPECT_THAT(Errors(*client, 1), ElementsAre("error  rate_limited"));
  client->Say(R"({"type":"watch_presence","user_ids":[]})");
  EXPECT_THAT(Errors(*client, 1), ElementsAre("error  rate_limited"));
}

TEST_F(SessionRatesTest, Resumes_CostWhatTheyName_OverTheSessionsOfTheAccount) {
  const auto one = ConnectLimited(CallerOf(ann_));
  const auto other = ConnectLimited(CallerOf(ann_));
  one->Say(ResumeFrame(2));
  RunUntil([&] { return !one->Told().empty(); });
  other->Say(ResumeFrame(2));
  EXPECT_THAT(Errors(*other, 1), ElementsAre("error r rate_limited"));
  other->Say(ResumeFrame(1));
  RunUntil([&] { return !other->Told().empty(); });
  EXPECT_EQ(rates_.Admit(ann_, limits::Action::kResume).retry_after(), seconds(1));
}

TEST_F(SessionRatesTest, AResumeOfSeveralFrames_IsRefusedAsAWhole_AndSentAnew) {
  const auto client = ConnectLimited(CallerOf(ann_), Start::kResume);
  EXPECT_TRUE(rates_.Admit(ann_, limits::Action::kResume, 5).ok());
  client->Say(ResumeFrame(2, true));
  EXPECT_THAT(client->Told(), IsEmpty());
  client->Say(ResumeFrame(1));
  EXPECT_THAT(Errors(*client, 1), ElementsAre("error r rate_limited"));
  now_ += seconds(4);  // as told: 1 and 3 heads
  client->Say(ResumeFrame(2, true));
  client->Say(ResumeFrame(1));
  std::vector<std::string> told;
  RunUntil([&] {
    told = client->Told();
    return !told.empty();
  });
  EXPECT_THAT(told, ElementsAre(testing::StartsWith("sync")));
}

TEST_F(SessionRatesTest, WhoseResumeWasRefused_MayWaitAsLongAsTold) {
  SessionEnvironment environment = Environment();
  environment.resume_time = milliseconds(10);
  Sessions sessions(environment);
  EXPECT_TRUE(rates_.Admit(ann_, limits::Action::kResume, 5).ok());
  TestClient waits(backend_, sessions, CallerOf(ann_), Start::kResume);
  waits.Say(ResumeFrame(2));  // to be sent anew in three seconds
  TestClient silent(backend_, sessions, CallerOf(bo_), Start::kResume);
  RunUntil([&] { return silent.socket.closed.has_value(); });
  EXPECT_FALSE(waits.socket.closed);
}

TEST_F(SessionRatesTest, FramesInAll_WhateverTheyAre) {
  const auto client = ConnectLimited(CallerOf(ann_));
  for (int i = 0; i < 4; ++i) {
    client->Say(R"({"type":"ping","ref":"p"})");
    client->Say(R"({"type":"nonsense","ref":"n"})");
  }
  client->Told();
  client->Say(R"({"type":"ping","ref":"p"})");
  client->Say(R"({"type":"nonsense","ref":"n"})");
  client->Say(
      fmt::format(R"({{"type":"read","conversation_id":"{}","seq":1}})", group_.ToString()));
  EXPECT_THAT(client->Told(),
              ElementsAre("error p rate_limited", "error n rate_limited", "error  rate_limited"));
  now_ += seconds(60);
  client->Say(R"({"type":"ping","ref":"p"})");
  EXPECT_THAT(client->Told(), ElementsAre("pong p"));
}

TEST_F(SessionRatesTest, WhoGoesOnRegardless_IsClosed) {
  const auto client = ConnectLimited(CallerOf(ann_));
  const auto ping = [&] { client->Say(R"({"type":"ping","ref":"p"})"); };
  for (int i = 0; i < 8; ++i) ping();
  for (std::size_t i = 1; i < Refusals::kMax; ++i) ping();
  EXPECT_FALSE(client->socket.closed);
  ping();
  EXPECT_EQ(client->socket.closed, CloseCode::kTooFast);
}

TEST_F(SessionRatesTest, WhoPauses_IsNot) {
  const auto client = ConnectLimited(CallerOf(ann_));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 1; i < Refusals::kMax; ++i) client->Say(R"({"type":"ping"})");
    now_ += Refusals::kWindow;
  }
  EXPECT_FALSE(client->socket.closed);
}

TEST_F(SessionRatesTest, WrongTokens_OfAnAddress) {
  const auto closed_with = [&] {
    const auto client = ConnectLimited(std::nullopt);
    client->Say(R"({"type":"auth","token":"nonsense"})");
    RunUntil([&] { return client->socket.closed.has_value(); });
    return client->socket.closed;
  };
  EXPECT_EQ(closed_with(), CloseCode::kUnauthenticated);
  EXPECT_EQ(closed_with(), CloseCode::kTooFast);
}

TEST_F(SessionRatesTest, Off_LimitsNothing) {
  rates_.Set(Tiny(), false);
  const auto client = ConnectLimited(CallerOf(ann_));
  for (int i = 0; i < 300; ++i) client->Say(TypingFrame());
  EXPECT_THAT(client->Told(), IsEmpty());
  EXPECT_FALSE(client->socket.closed);
}

}  // namespace
}  // namespace parley::gateway
