#include "client/backoff.h"

#include <set>

#include <gtest/gtest.h>

namespace parley::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, Next_DoublesWithSpread_AndIsBounded) {
  FakeRandom random;
  Backoff backoff(random);
  milliseconds base = Backoff::kFirst;
  for (int i = 0; i < 20; ++i) {
    const milliseconds delay = backoff.Next();
    EXPECT_GE(delay, base / 2);
    EXPECT_LE(delay, std::min(Backoff::kMax, base / 2 + base));
    base = std::min(Backoff::kMax, base * 2);
  }
  EXPECT_EQ(base, Backoff::kMax);
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(150));
}

TEST(Backoff, Soon_IsSpreadOverAShortTime) {
  FakeRandom random;
  Backoff backoff(random);
  std::set<milliseconds> seen;
  for (int i = 0; i < 50; ++i) {
    const milliseconds delay = backoff.Soon();
    EXPECT_LE(delay, Backoff::kSoon);
    seen.insert(delay);
  }
  EXPECT_GT(seen.size(), 10U);
}

TEST(Liveness, Silence_IsAskedOnce_ThenDead) {
  const Liveness::Clock::time_point start{};
  Liveness liveness(seconds(10), start);
  EXPECT_EQ(liveness.Check(start + seconds(14)), Liveness::Verdict::kFine);
  EXPECT_EQ(liveness.Check(start + seconds(15)), Liveness::Verdict::kAsk);
  EXPECT_EQ(liveness.Check(start + seconds(20)), Liveness::Verdict::kFine);
  EXPECT_EQ(liveness.Check(start + seconds(25)), Liveness::Verdict::kDead);
}

TEST(Liveness, OnHeard_StartsAnew) {
  const Liveness::Clock::time_point start{};
  Liveness liveness(seconds(10), start);
  EXPECT_EQ(liveness.Check(start + seconds(15)), Liveness::Verdict::kAsk);
  liveness.OnHeard(start + seconds(24));
  EXPECT_EQ(liveness.Check(start + seconds(25)), Liveness::Verdict::kFine);
  EXPECT_EQ(liveness.Check(start + seconds(39)), Liveness::Verdict::kAsk);
}

}  // namespace
}  // namespace parley::client
