#include "bench/server_metrics.h"

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(ServerMetricsTest, ReadsBetween_MissesOfTheCaches_AreWhatTheStoreWasAskedFor) {
  const Metrics before = ParseMetrics(
      "# HELP parley_cache_misses_total Lookups.\n"
      "parley_cache_misses_total{cache=\"snapshots\"} 10\n"
      "parley_cache_misses_total{cache=\"entries\"} 2\n");
  const Metrics after = ParseMetrics(
      "parley_cache_hits_total{cache=\"snapshots\"} 900\n"
      "parley_cache_misses_total{cache=\"snapshots\"} 25\n"
      "parley_cache_misses_total{cache=\"memberships\"} 7\n"
      "parley_cache_misses_total{cache=\"entries\"} 1.5e3");
  const StoreReads reads = ReadsBetween(before, after);
  EXPECT_EQ(reads.snapshots, 15);
  EXPECT_EQ(reads.memberships, 7);
  EXPECT_EQ(reads.entries, 1498);
}

TEST(ServerMetricsTest, ParseMetrics_WhatIsNoSample_IsLeftOut) {
  EXPECT_TRUE(ParseMetrics("").empty());
  EXPECT_TRUE(ParseMetrics("# TYPE a counter\n\n").empty());
}

}  // namespace
}  // namespace parley::bench
