#include "app/stats_sampler.h"

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"

namespace parley::app {
namespace {

using namespace std::chrono_literals;
using metrics::Histogram;

TEST(QuantileBetween, SpreadsEvenlyWithinABucket) {
  Histogram histogram({0.001, 0.002, 0.004});
  const Histogram::Snapshot nothing = histogram.Read();
  EXPECT_EQ(QuantileBetween(nothing, nothing, 0.5), std::nullopt);
  for (int i = 0; i < 4; ++i) histogram.Observe(3ms);
  const Histogram::Snapshot four = histogram.Read();
  EXPECT_DOUBLE_EQ(QuantileBetween(nothing, four, 0.5).value_or(0), 0.003);
  EXPECT_EQ(QuantileBetween(four, four, 0.5), std::nullopt);
  // What was observed before does not count.
  for (int i = 0; i < 2; ++i) histogram.Observe(500us);
  EXPECT_DOUBLE_EQ(QuantileBetween(four, histogram.Read(), 1).value_or(0), 0.001);
  histogram.Observe(1s);
  EXPECT_DOUBLE_EQ(QuantileBetween(four, histogram.Read(), 0.99).value_or(0), 0.004);
}

TEST(SampleBetween, RatesAreOfTheIntervalBetween) {
  Histogram histogram(Histogram::SecondsBounds());
  ServerTotals before;
  before.messages = 10;
  before.deliveries = 100;
  before.commit_seconds = histogram.Read();
  ServerTotals after = before;
  after.messages = 20;
  after.deliveries = 350;
  after.connections = 3;
  after.storage_bytes = 4;
  after.memory_bytes = 5;
  const TimePoint at = FromMillis(1'000);
  const ServerSample sample = SampleBetween(before, after, 5s, at);
  EXPECT_EQ(sample.at, at);
  EXPECT_EQ(sample.connections, 3U);
  EXPECT_DOUBLE_EQ(sample.messages_per_second, 2);
  EXPECT_DOUBLE_EQ(sample.deliveries_per_second, 50);
  EXPECT_EQ(sample.commit_p50_ms, std::nullopt);
  EXPECT_EQ(sample.storage_bytes, 4U);
  EXPECT_EQ(sample.memory_bytes, 5U);
  EXPECT_DOUBLE_EQ(SampleBetween(before, after, 0s, at).messages_per_second, 0);
  histogram.Observe(1ms);
  after.commit_seconds = histogram.Read();
  EXPECT_GT(SampleBetween(before, after, 5s, at).commit_p99_ms.value_or(0), 0);
}

TEST(StatsSampler, FirstSampleComesAtOnce) {
  runtime::Shard shard;
  FakeClock clock;
  metrics::ServerHistory history;
  StatsSampler sampler(
      shard, clock,
      [] {
        ServerTotals totals;
        totals.connections = 7;
        return totals;
      },
      history);
  sampler.Start();
  shard.RunUntilIdle();
  const std::vector<ServerSample> samples = history.Read();
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].connections, 7U);
  EXPECT_EQ(samples[0].at, clock.Now());
}

}  // namespace
}  // namespace parley::app
