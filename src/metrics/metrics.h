#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/collectable.h>

#include "metrics/histogram.h"

namespace parley::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// One value of a family.
struct Sample {
  Labels labels;
  double value = 0;
};

/// What the program tells of itself to Prometheus: families of counters, gauges and histograms that
/// are read when they are asked for. Whoever counts keeps plain atomics of its own; app registers a
/// function that reads them. So a hot path never meets a lock or a label. README.md lists the
/// families.
///
///   metrics.AddCounter("parley_commit_syncs_total", "Fsyncs of the log.",
///                      [&store] { return double(store.commit_stats().syncs); });
///
/// Any thread. Readers are called on the thread that asks (which is no shard: OpsService), one
/// scrape at a time, and should end soon: what they read must outlive the last scrape.
class Metrics : public prometheus::Collectable {
 public:
  using Read = std::function<double()>;
  using ReadSamples = std::function<std::vector<Sample>()>;
  using ReadHistogram = std::function<Histogram::Snapshot()>;
  using ReadHistograms = std::function<std::vector<std::pair<Labels, Histogram::Snapshot>>()>;

  /// A value that only rises; by convention its name ends in _total. A name is added once.
  void AddCounter(std::string name, std::string help, Read read);
  void AddCounters(std::string name, std::string help, ReadSamples read);
  /// A value that rises and falls.
  void AddGauge(std::string name, std::string help, Read read);
  void AddGauges(std::string name, std::string help, ReadSamples read);
  void AddHistogram(std::string name, std::string help, ReadHistogram read);
  void AddHistograms(std::string name, std::string help, ReadHistograms read);

  /// Calls `prepare` at the start of each scrape, before any reader: for what several families
  /// tell parts of and is costly to ask for.
  void BeforeEach(std::function<void()> prepare);

  /// All families, in the order of adding.
  std::vector<prometheus::MetricFamily> Collect() const override;
  /// The same in Prometheus' text format (content type kTextFormat).
  std::string Text() const;

  static constexpr const char* kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

 private:
  using ReadFamily = std::function<prometheus::MetricFamily()>;

  void Add(ReadFamily family);

  mutable std::mutex mutex_;
  std::vector<ReadFamily> families_;              // guarded by mutex_
  std::vector<std::function<void()>> preparing_;  // guarded by mutex_
};

}  // namespace parley::metrics
