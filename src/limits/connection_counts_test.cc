#include "limits/connection_counts.h"

#include <gtest/gtest.h>

namespace parley::limits {
namespace {

constexpr ConnectionCounts::Key kOne{1};
constexpr ConnectionCounts::Key kOther{2};

TEST(ConnectionCounts, EachHasItsOwnPlaces) {
  ConnectionCounts counts(2);
  EXPECT_TRUE(counts.Enter(kOne));
  EXPECT_TRUE(counts.Enter(kOne));
  EXPECT_FALSE(counts.Enter(kOne));
  EXPECT_TRUE(counts.Enter(kOther));
  counts.Leave(kOne);
  EXPECT_TRUE(counts.Enter(kOne));
  EXPECT_FALSE(counts.Enter(kOne));
}

TEST(ConnectionCounts, WhoHasNothingOpen_IsForgotten) {
  ConnectionCounts counts(1);
  EXPECT_TRUE(counts.Enter(kOne));
  EXPECT_EQ(counts.size(), 1U);
  counts.Leave(kOne);
  EXPECT_EQ(counts.size(), 0U);
}

TEST(ConnectionCounts, WithoutALimit_CountsNothing) {
  ConnectionCounts counts(0);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(counts.Enter(kOne));
  EXPECT_EQ(counts.size(), 0U);
  counts.Leave(kOne);
}

}  // namespace
}  // namespace parley::limits
