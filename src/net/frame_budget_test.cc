#include "net/frame_budget.h"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{seconds(1'000)};

TEST(FrameBudgetTest, Take_TenSecondsWorthAtOnce_ThenNoMore) {
  FrameBudget budget;
  EXPECT_TRUE(budget.Take(60, 10, kStart));
  EXPECT_TRUE(budget.Take(40, 10, kStart));
  EXPECT_FALSE(budget.Take(1, 10, kStart));
}

TEST(FrameBudgetTest, Take_AtTheRate_ForEver) {
  FrameBudget budget;
  EXPECT_TRUE(budget.Take(100, 10, kStart));
  for (int i = 1; i <= 1'000; ++i) {
    EXPECT_TRUE(budget.Take(1, 10, kStart + milliseconds(101) * i)) << i;
  }
}

TEST(FrameBudgetTest, Take_AfterALongPause_NoMoreThanTheBurst) {
  FrameBudget budget;
  EXPECT_TRUE(budget.Take(1, 10, kStart));
  EXPECT_TRUE(budget.Take(100, 10, kStart + seconds(3'600)));
  EXPECT_FALSE(budget.Take(1, 10, kStart + seconds(3'600)));
}

TEST(FrameBudgetTest, Take_RateZero_IsNoLimit) {
  FrameBudget budget;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(budget.Take(1'000'000, 0, kStart));
}

}  // namespace
}  // namespace parley::net
