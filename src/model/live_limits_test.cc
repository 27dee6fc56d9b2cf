#include "model/live_limits.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(LiveLimits, BeginAsTheyAreGiven) {
  Limits limits;
  limits.title_chars = 7;
  EXPECT_EQ(LiveLimits(limits).Get(), limits);
}

TEST(LiveLimits, WhatIsSet_IsSeenByEveryCopy) {
  LiveLimits first;
  const LiveLimits second = first;
  Limits limits;
  limits.text_bytes = 1;
  limits.frame_bytes = 2;
  first.Set(limits);
  EXPECT_EQ(first.Get(), limits);
  EXPECT_EQ(second.Get(), limits);
}

}  // namespace
}  // namespace parley
