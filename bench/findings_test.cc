#include "bench/findings.h"

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

Findings Some(std::uint64_t from, std::uint64_t count) {
  Findings found;
  for (std::uint64_t i = 0; i < count; ++i) {
    found.ack.Record(from + i);
    found.level.Record(1'000'000'000 + i);
  }
  found.first_lost_ns = static_cast<std::int64_t>(from);
  found.last_level_ns = static_cast<std::int64_t>(from + count);
  found.busiest_cpu_ns = static_cast<std::int64_t>(count);
  found.unanswered = 2;
  found.away = 3;
  return found;
}

TEST(FindingsTest, MergeFrom_WhatProcessesWrote_SaysTheSameAsOneThatSawAll) {
  Findings apart;
  ASSERT_TRUE(apart.MergeFrom(Some(0, 500).ToBytes()));
  ASSERT_TRUE(apart.MergeFrom(Some(500, 500).ToBytes()));
  const Findings whole = Some(0, 1000);
  EXPECT_EQ(apart.ack.count(), 1000U);
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    EXPECT_EQ(apart.ack.Percentile(percent), whole.ack.Percentile(percent)) << percent;
  }
  EXPECT_DOUBLE_EQ(apart.ack.Mean(), whole.ack.Mean());
  EXPECT_EQ(apart.level.Max(), 1'000'000'499U);
  EXPECT_EQ(apart.delivery.count(), 0U);
  EXPECT_EQ(apart.first_lost_ns, 0);
  EXPECT_EQ(apart.last_level_ns, 1000);
  EXPECT_EQ(apart.busiest_cpu_ns, 500);
  EXPECT_EQ(apart.unanswered, 4U);
  EXPECT_EQ(apart.away, 6U);
}

TEST(FindingsTest, MergeFrom_Errors_TheFirstIsKept) {
  Findings all, quiet, bad, worse;
  bad.first_error = "read: connection reset";
  worse.first_error = "later";
  for (const Findings* one : {&quiet, &bad, &worse}) ASSERT_TRUE(all.MergeFrom(one->ToBytes()));
  EXPECT_EQ(all.first_error, "read: connection reset");
}

TEST(FindingsTest, MergeFrom_AProcessThatDiedWhileItWrote_IsNotTaken) {
  const std::string whole = Some(0, 100).ToBytes();
  Findings all;
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, whole.size() / 2}) {
    EXPECT_FALSE(all.MergeFrom(std::string_view(whole).substr(0, size))) << size;
  }
  EXPECT_EQ(all.ack.count(), 0U);
}

}  // namespace
}  // namespace parley::bench
