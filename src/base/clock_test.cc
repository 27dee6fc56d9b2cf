#include "base/clock.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

using std::chrono::milliseconds;

TEST(MonotonicClock, Now_SourceStepsBack_StandsStill) {
  FakeClock source;
  MonotonicClock clock(source, FromMillis(0));
  const TimePoint before = clock.Now();
  source.Advance(milliseconds(-3'600'000));
  EXPECT_EQ(clock.Now(), before);
  source.Advance(milliseconds(3'600'001));
  EXPECT_EQ(clock.Now(), before + milliseconds(1));
}

TEST(MonotonicClock, Now_FloorAheadOfSource_StartsAtFloor) {
  FakeClock source;
  const TimePoint floor = source.Now() + milliseconds(5);
  MonotonicClock clock(source, floor);
  EXPECT_EQ(clock.Now(), floor);
}

}  // namespace
}  // namespace parley
