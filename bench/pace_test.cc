#include "bench/pace.h"

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(Pace, Sends_AreDueAtTheRateWhateverHappensBetween) {
  Pace pace(1000);
  const std::int64_t start = 5 * kNsPerSecond;
  EXPECT_TRUE(pace.Due(start));
  EXPECT_EQ(pace.due_ns(), start);
  EXPECT_FALSE(pace.Due(start));
  EXPECT_EQ(pace.due_ns(), start + kNsPerMs) << "tells when to ask again";

  // After a stall of 10 ms ten are due, each at its own time.
  for (int i = 1; i <= 10; ++i) {
    ASSERT_TRUE(pace.Due(start + 10 * kNsPerMs)) << i;
    EXPECT_EQ(pace.due_ns(), start + i * kNsPerMs);
  }
  EXPECT_FALSE(pace.Due(start + 10 * kNsPerMs));
}

TEST(Pace, OddRates_DoNotDrift) {
  Pace pace(3);
  const std::int64_t start = 1;
  ASSERT_TRUE(pace.Due(start));
  int sent = 1;
  while (pace.Due(start + 1000 * kNsPerSecond)) ++sent;
  EXPECT_EQ(sent, 3001);
}

}  // namespace
}  // namespace parley::bench
