#include "bench/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(Histogram, Empty_AnswersZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.Percentile(50), 0u);
  EXPECT_EQ(histogram.Max(), 0u);
  EXPECT_EQ(histogram.Mean(), 0);
}

TEST(Histogram, Mean_IsExact_AlsoOfSeveral) {
  Histogram one;
  Histogram other;
  one.Record(1'000'001);
  other.Record(2'000'002);
  other.Record(6'000'003);
  one.Merge(other);
  EXPECT_EQ(one.Mean(), 3'000'002);
}

TEST(Histogram, SmallValues_AreExact) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 1000; ++value) histogram.Record(value);
  EXPECT_EQ(histogram.Percentile(0), 1u);
  EXPECT_EQ(histogram.Percentile(50), 500u);
  EXPECT_EQ(histogram.Percentile(99), 990u);
  EXPECT_EQ(histogram.Percentile(99.9), 999u);
  EXPECT_EQ(histogram.Percentile(100), 1000u);
}

TEST(Histogram, EveryMagnitude_IsWithinATenthOfAPercent) {
  for (int bits = 1; bits < 40; ++bits) {
    for (const std::int64_t offset : {-1, 0, 1}) {
      const std::uint64_t value = (std::uint64_t{1} << bits) + static_cast<std::uint64_t>(offset);
      Histogram histogram;
      histogram.Record(value);
      histogram.Record(value + value / 2);  // so that Max() does not hide the bucket's end
      const std::uint64_t told = histogram.Percentile(50);
      EXPECT_GE(told, value);
      EXPECT_LE(told - value, value / 1000);
    }
  }
}

TEST(Histogram, RandomValues_AgreeWithSorting) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latencies(13, 2);
  std::vector<std::uint64_t> values;
  Histogram histogram;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::uint64_t>(latencies(random)));
    histogram.Record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto rank = static_cast<std::size_t>(std::llround(percent * 200)) - 1;
    const auto exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.Percentile(percent)), exact, exact / 1000 + 1);
  }
  EXPECT_EQ(histogram.Max(), values.back());
}

TEST(Histogram, TooLarge_CountsAtTheEndAndKeepsTheMaximum) {
  Histogram histogram;
  histogram.Record(5);
  histogram.Record(std::uint64_t{1} << 50);
  EXPECT_EQ(histogram.Max(), std::uint64_t{1} << 50);
  EXPECT_EQ(histogram.Percentile(100), (std::uint64_t{1} << 40) - 1);
  EXPECT_EQ(histogram.Percentile(50), 5u);
}

TEST(Histogram, Merge_IsAsIfAllHadGoneIntoOne) {
  Histogram one, other, both;
  for (std::uint64_t value = 1; value < 5'000'000; value = value * 5 / 4 + 1) {
    (value % 2 != 0 ? one : other).Record(value);
    both.Record(value);
  }
  one.Merge(other);
  EXPECT_EQ(one.count(), both.count());
  EXPECT_EQ(one.Max(), both.Max());
  for (const double percent : {10.0, 50.0, 90.0}) {
    EXPECT_EQ(one.Percentile(percent), both.Percentile(percent));
  }
}

}  // namespace
}  // namespace parley::bench
