#include "metrics/metrics.h"

#include <chrono>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/counter_set.h"
#include "metrics/hot_counter.h"

namespace parley::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, Text_ReadsValuesWhenAsked) {
  Metrics metrics;
  double syncs = 1;
  metrics.AddCounter("parley_commit_syncs_total", "Fsyncs of the log.", [&] { return syncs; });
  EXPECT_THAT(metrics.Text(), HasSubstr("# TYPE parley_commit_syncs_total counter\n"
                                        "parley_commit_syncs_total 1\n"));
  syncs = 12'345'678'901;
  EXPECT_THAT(metrics.Text(), HasSubstr("parley_commit_syncs_total 12345678901\n"));
}

TEST(MetricsTest, Text_CarriesHelpTypeAndEscapedLabels) {
  Metrics metrics;
  metrics.AddGauges("parley_things", "Things by kind.", [] {
    return std::vector<Sample>{{{{"kind", "a\"b"}}, 2}, {{{"kind", "c"}}, -1}};
  });
  EXPECT_EQ(metrics.Text(),
            "# HELP parley_things Things by kind.\n"
            "# TYPE parley_things gauge\n"
            "parley_things{kind=\"a\\\"b\"} 2\n"
            "parley_things{kind=\"c\"} -1\n");
}

TEST(MetricsTest, BeforeEach_IsCalledOncePerScrape_BeforeAllReaders) {
  Metrics metrics;
  int asked = 0;
  metrics.AddGauge("parley_a", "One part.", [&] { return asked; });
  metrics.AddGauge("parley_b", "Another part.", [&] { return 10 * asked; });
  metrics.BeforeEach([&] { ++asked; });
  EXPECT_THAT(metrics.Text(), HasSubstr("parley_a 1\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("parley_b 20\n"));
}

TEST(MetricsTest, Histogram_CountsAreCumulativeAndBoundsInclusive) {
  using std::chrono::milliseconds;
  Histogram histogram({0.001, 0.01});
  histogram.Observe(milliseconds(1));
  histogram.Observe(milliseconds(2));
  histogram.Observe(milliseconds(500));
  Metrics metrics;
  metrics.AddHistogram("parley_t_seconds", "Time.", [&] { return histogram.Read(); });
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("parley_t_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("parley_t_seconds_sum 0.503"));
  EXPECT_THAT(text, HasSubstr("parley_t_seconds_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("parley_t_seconds_bucket{le=\"0.01\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("parley_t_seconds_bucket{le=\"+Inf\"} 3\n"));
}

TEST(MetricsTest, Histogram_OfCounts_SumsWhatWasCounted) {
  Histogram histogram = Histogram::OfCounts();
  histogram.ObserveCount(1);
  histogram.ObserveCount(3);
  histogram.ObserveCount(5'000);
  const Histogram::Snapshot seen = histogram.Read();
  EXPECT_EQ(seen.count, 3U);
  EXPECT_EQ(seen.sum, 5'004);
  EXPECT_EQ(seen.counts.at(0), 1U);  // at most 1
  EXPECT_EQ(seen.counts.at(2), 1U);  // at most 4
  EXPECT_EQ(seen.counts.back(), 1U);
}

TEST(MetricsTest, Histogram_ClockThatSteppedBack_CountsAsNothing) {
  Histogram histogram({0.001});
  histogram.Observe(std::chrono::seconds(-1));
  EXPECT_EQ(histogram.Read().sum, 0);
  EXPECT_EQ(histogram.Read().counts.front(), 1U);
}

TEST(MetricsTest, HotCounter_LosesNothingAcrossThreads) {
  HotCounter counter;
  std::vector<std::thread> threads;
  threads.reserve(20);
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&counter] {
      for (int n = 0; n < 1'000; ++n) counter.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.Get(), 20'000U);
}

TEST(MetricsTest, CounterSet_CountsKnownValuesAndTheOthersTogether) {
  CounterSet errors("code", {"invalid", "internal"});
  Metrics metrics;
  metrics.AddCounters("parley_errors_total", "Errors by code.", [&] { return errors.Read(); });
  errors.Count("invalid");
  errors.Count("invalid");
  EXPECT_THAT(metrics.Text(), HasSubstr("parley_errors_total{code=\"invalid\"} 2\n"
                                        "parley_errors_total{code=\"internal\"} 0\n"));
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("other")));
  errors.Count("made up");
  errors.Count("made up too");
  EXPECT_THAT(metrics.Text(), HasSubstr("parley_errors_total{code=\"other\"} 2\n"));
}

}  // namespace
}  // namespace parley::metrics
