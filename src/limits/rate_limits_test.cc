#include "limits/rate_limits.h"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

UserId Person(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes[15] = number;
  return UserId(Uuid(bytes));
}

class RateLimitsTest : public testing::Test {
 protected:
  static RateSettings Tiny() {
    RateSettings settings;
    settings.sends = {.per_minute = 60, .burst = 2};
    settings.sign_ins = {.per_minute = 6, .burst = 1};
    settings.frames = {.per_minute = 60, .burst = 1};
    settings.members = {.per_minute = 60, .burst = 100};
    return settings;
  }

  SteadyTime now_{std::chrono::hours(1)};
  FakeRandom random_;
  RateLimits rates_{Tiny(), true, random_, [this] { return now_; }};
};

TEST_F(RateLimitsTest, Admit_RefusesWithTheTimeToWait) {
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
  now_ += milliseconds(250);
  const Status refused = rates_.Admit(Person(1), Action::kSend);
  EXPECT_EQ(refused.code(), StatusCode::kRateLimited);
  EXPECT_EQ(refused.retry_after(), milliseconds(750));
  EXPECT_EQ(refused.message(), "too much at once: try again in 1 s");
  EXPECT_TRUE(rates_.Admit(Person(2), Action::kSend).ok());
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSearch).ok());
  now_ += milliseconds(750);
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
}

TEST_F(RateLimitsTest, Addresses_AreLimitedApartFromEachOther) {
  const ClientAddress one = ClientAddress::Parse("192.0.2.1").value_or(ClientAddress());
  const ClientAddress other = ClientAddress::Parse("192.0.2.2").value_or(ClientAddress());
  EXPECT_TRUE(rates_.Admit(one, Action::kSignIn).ok());
  EXPECT_EQ(rates_.Admit(one, Action::kSignIn).retry_after(), seconds(10));
  EXPECT_TRUE(rates_.Admit(other, Action::kSignIn).ok());
}

TEST_F(RateLimitsTest, OwnBucketAndCost) {
  Bucket bucket;
  EXPECT_TRUE(rates_.Admit(bucket, Action::kFrame).ok());
  EXPECT_FALSE(rates_.Admit(bucket, Action::kFrame).ok());
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kMember, 60).ok());
  EXPECT_EQ(rates_.Admit(Person(1), Action::kMember, 60).retry_after(), seconds(20));
}

TEST_F(RateLimitsTest, GiveBack_IsAsIfItHadNotBeenAdmitted) {
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
    rates_.GiveBack(Person(1), Action::kSend);
  }
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
  EXPECT_EQ(rates_.Admit(Person(1), Action::kSend).retry_after(), seconds(1));
}

TEST_F(RateLimitsTest, Off_LimitsNothing) {
  rates_.Set(Tiny(), false);
  Bucket bucket;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend).ok());
    EXPECT_TRUE(rates_.Admit(ClientAddress(), Action::kSignIn).ok());
    EXPECT_TRUE(rates_.Admit(bucket, Action::kFrame).ok());
  }
  EXPECT_EQ(rates_.account_buckets(), 0U);
}

TEST_F(RateLimitsTest, Set_CountsFromTheNextCheck) {
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend, 2).ok());
  EXPECT_FALSE(rates_.Admit(Person(1), Action::kSend).ok());
  RateSettings faster = Tiny();
  faster.sends = {.per_minute = 60, .burst = 5};
  faster.password_delay = milliseconds(7);
  rates_.Set(faster, true);
  EXPECT_TRUE(rates_.Admit(Person(1), Action::kSend, 3).ok());  // two were used up before
  EXPECT_FALSE(rates_.Admit(Person(1), Action::kSend).ok());
  EXPECT_EQ(rates_.password_delay(), milliseconds(7));
}

TEST_F(RateLimitsTest, Refusals_AreCountedByKind) {
  for (int i = 0; i < 5; ++i) IgnoreStatus(rates_.Admit(Person(1), Action::kSend), "it is counted");
  for (const metrics::Sample& sample : rates_.refusals()) {
    EXPECT_EQ(sample.value, sample.labels.front().second == "send" ? 3 : 0);
  }
  EXPECT_EQ(rates_.account_buckets(), 1U);
  EXPECT_EQ(rates_.address_buckets(), 0U);
}

TEST_F(RateLimitsTest, EveryAction_HasANameAndARateOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kActions; ++i) names.insert(ActionName(static_cast<Action>(i)));
  EXPECT_EQ(names.size(), kActions);
  // In the order of the enum: the first and the last tell whether the table has slipped.
  RateSettings settings;
  settings.requests.per_minute = 1;
  settings.guesses_all.per_minute = 2;
  rates_.Set(settings, true);
  EXPECT_EQ(rates_.pace(Action::kRequest).interval, seconds(60));
  EXPECT_EQ(rates_.pace(Action::kPasswordFailureAll).interval, seconds(30));
  EXPECT_EQ(kActions, static_cast<std::size_t>(Action::kPasswordFailureAll) + 1);
}

TEST_F(RateLimitsTest, Set_WhileOthersCheck) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (std::uint8_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      while (!stop) {
        const Status status = rates_.Admit(Person(t), Action::kSend);
        EXPECT_TRUE(status.ok() || status.code() == StatusCode::kRateLimited);
      }
    });
  }
  for (int i = 0; i < 1'000; ++i) rates_.Set(i % 2 == 0 ? Tiny() : RateSettings(), i % 3 != 0);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rates_.pace(Action::kSend).interval, PaceOf(RateSettings().sends).interval);
}

}  // namespace
}  // namespace parley::limits
