#include "limits/bucket.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace parley::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{std::chrono::hours(1)};
constexpr nanoseconds kTaken{0};

TEST(BucketTest, Take_BeyondTheBurst_SaysWhenTheNextTokenComes) {
  const Pace pace = PaceOf({.per_minute = 60, .burst = 3});
  Bucket bucket;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.Take(pace, 1, kStart), kTaken);
  EXPECT_EQ(bucket.Take(pace, 1, kStart), seconds(1));
  EXPECT_EQ(bucket.Take(pace, 1, kStart + milliseconds(400)), milliseconds(600));
  EXPECT_EQ(bucket.Take(pace, 1, kStart + seconds(1)), kTaken);
  EXPECT_EQ(bucket.Take(pace, 1, kStart + seconds(1)), seconds(1));
}

TEST(BucketTest, Take_MoreThanTheBucketHolds_IsTakenFromAFullOne) {
  const Pace pace = PaceOf({.per_minute = 60, .burst = 10});
  Bucket bucket;
  EXPECT_EQ(bucket.Take(pace, 1'000'000'000'000'000'000, kStart), kTaken);
  EXPECT_EQ(bucket.Take(pace, 1, kStart), seconds(1));
  EXPECT_EQ(bucket.Take(pace, 1'000, kStart + seconds(4)), seconds(6));
}

TEST(BucketTest, Refused_TakesNothing) {
  const Pace pace = PaceOf({.per_minute = 60, .burst = 4});
  Bucket bucket;
  EXPECT_EQ(bucket.Take(pace, 3, kStart), kTaken);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(bucket.Take(pace, 2, kStart), seconds(1));
  EXPECT_EQ(bucket.Take(pace, 1, kStart), kTaken);
}

TEST(BucketTest, Give_PutsItBack) {
  const Pace pace = PaceOf({.per_minute = 60, .burst = 1});
  Bucket bucket;
  EXPECT_EQ(bucket.Take(pace, 1, kStart), kTaken);
  bucket.Give(pace.interval);
  EXPECT_TRUE(bucket.IsFull(kStart));
  bucket.Give(pace.interval);  // of a full one: it holds no more for it
  EXPECT_EQ(bucket.Take(pace, 1, kStart), kTaken);
  EXPECT_EQ(bucket.Take(pace, 1, kStart), seconds(1));
}

TEST(BucketTest, Borrow_WaitsLongerAndLongerUpToTheDebt) {
  const Pace pace = PaceOf({.per_minute = 60, .burst = 2});
  Bucket bucket;
  const auto borrow = [&](SteadyTime now) { return bucket.Borrow(pace, seconds(3), now).wait; };
  EXPECT_EQ(borrow(kStart), kTaken);
  EXPECT_EQ(borrow(kStart), kTaken);
  EXPECT_EQ(borrow(kStart), seconds(1));
  EXPECT_EQ(borrow(kStart), seconds(2));
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(borrow(kStart), seconds(3));
  // However much was borrowed, the debt is paid soon.
  EXPECT_EQ(borrow(kStart + seconds(4)), kTaken);
}

TEST(BucketTest, Borrow_TellsWhatItTook_SoThatNoMoreIsGivenBack) {
  const Pace pace = PaceOf({.per_minute = 60, .burst = 2});
  Bucket bucket;
  const auto borrow = [&](SteadyTime now) { return bucket.Borrow(pace, milliseconds(1'500), now); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(borrow(kStart).taken, seconds(1));
  EXPECT_EQ(borrow(kStart).taken, milliseconds(500));  // the rest of the debt
  nanoseconds taken{0};
  for (int i = 0; i < 100; ++i) taken += borrow(kStart + milliseconds(2)).taken;
  EXPECT_EQ(taken, milliseconds(2));
  bucket.Give(taken);
  EXPECT_EQ(borrow(kStart + milliseconds(2)).wait, milliseconds(1'500));
}

TEST(BucketTest, ASlowerPace_IsNotHeldToTheOldBurst) {
  Bucket bucket;
  EXPECT_EQ(bucket.Take(PaceOf({.per_minute = 1, .burst = 1'000}), 1'000, kStart), kTaken);
  const Pace now = PaceOf({.per_minute = 60, .burst = 5});
  EXPECT_EQ(bucket.Take(now, 1, kStart), seconds(1));
  EXPECT_EQ(bucket.Take(now, 1, kStart + seconds(1)), seconds(1));
}

/// The same rules with a count of tokens, which the bucket does without.
class CountedTokens {
 public:
  CountedTokens(Rate rate, SteadyTime now)
      : interval_(nanoseconds(std::chrono::minutes(1)) /
                  static_cast<std::int64_t>(rate.per_minute)),
        full_(interval_ * static_cast<std::int64_t>(rate.burst)),
        tokens_(full_),
        at_(now) {}

  bool Take(std::int64_t cost, SteadyTime now) {
    tokens_ = std::min(full_, tokens_ + (now - at_));
    at_ = now;
    const nanoseconds price = std::min(interval_ * cost, full_);
    if (tokens_ < price) return false;
    tokens_ -= price;
    return true;
  }

 private:
  nanoseconds interval_;
  nanoseconds full_;
  nanoseconds tokens_;  // each token counts as the time in which it comes
  SteadyTime at_;
};

TEST(BucketTest, RandomTakes_AgreeWithCountedTokens) {
  std::mt19937 random(7);
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution(from, to)(random);
  };
  for (int round = 0; round < 200; ++round) {
    const Rate rate{.per_minute = static_cast<std::size_t>(pick(1, 6'000)),
                    .burst = static_cast<std::size_t>(pick(1, 50))};
    const Pace pace = PaceOf(rate);
    SteadyTime now = kStart;
    Bucket bucket;
    CountedTokens model(rate, now);
    for (int step = 0; step < 500; ++step) {
      now += nanoseconds(pick(0, 3)) * pick(0, 1'000'000'000);
      const int cost = pick(1, 60);
      const nanoseconds wait = bucket.Take(pace, static_cast<std::size_t>(cost), now);
      ASSERT_EQ(wait == kTaken, model.Take(cost, now)) << "round " << round << ", step " << step;
      if (wait == kTaken) continue;
      // It is told the truth of when to come again: not before, but then.
      Bucket later = bucket;
      EXPECT_NE(later.Take(pace, static_cast<std::size_t>(cost), now + wait - nanoseconds(1)),
                kTaken);
      EXPECT_EQ(later.Take(pace, static_cast<std::size_t>(cost), now + wait), kTaken);
    }
  }
}

}  // namespace
}  // namespace parley::limits
