#include "net/read_budget.h"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

constexpr std::size_t kFree = ReadBudget::kFree;

TEST(ReadBudgetTest, FirstBytes_AreFreeHoweverFullItIs) {
  ReadBudget budget(100);
  ReadBudget::Share large(budget);
  ASSERT_TRUE(large.Hold(kFree + 100));
  EXPECT_EQ(budget.held(), 100);
  ReadBudget::Share small(budget);
  EXPECT_TRUE(small.Hold(kFree));
  EXPECT_EQ(budget.held(), 100);
  EXPECT_FALSE(small.Hold(kFree + 1));
  EXPECT_EQ(budget.refused(), 1U);
}

TEST(ReadBudgetTest, Hold_TakesWhatIsMissingAndNeverGivesBack) {
  ReadBudget budget(1000);
  ReadBudget::Share share(budget);
  EXPECT_TRUE(share.Hold(kFree + 300));
  EXPECT_TRUE(share.Hold(kFree + 700));
  EXPECT_EQ(budget.held(), 700);
  EXPECT_TRUE(share.Hold(10));
  EXPECT_EQ(budget.held(), 700);
  EXPECT_FALSE(share.Hold(kFree + 1001));
  EXPECT_EQ(budget.held(), 700);
}

TEST(ReadBudgetTest, ReleaseAndDestruction_GiveEverythingBack) {
  ReadBudget budget(1000);
  {
    ReadBudget::Share share(budget);
    ASSERT_TRUE(share.Hold(kFree + 1000));
    share.Release();
    EXPECT_EQ(budget.held(), 0);
    ASSERT_TRUE(share.Hold(kFree + 500));
  }
  EXPECT_EQ(budget.held(), 0);
}

}  // namespace
}  // namespace parley::net
