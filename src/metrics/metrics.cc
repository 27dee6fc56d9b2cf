#include "metrics/metrics.h"

#include <limits>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace parley::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric ToMetric(const Sample& sample, MetricType type) {
  ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = sample.value;
  return metric;
}

ClientMetric ToMetric(const Labels& labels, const Histogram::Snapshot& snapshot) {
  ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  metric.histogram.sample_count = snapshot.count;
  metric.histogram.sample_sum = snapshot.sum;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < snapshot.counts.size(); ++i) {
    cumulative += snapshot.counts[i];
    const bool last = i == snapshot.bounds.size();
    metric.histogram.bucket.push_back(
        {cumulative, last ? std::numeric_limits<double>::infinity() : snapshot.bounds[i]});
  }
  return metric;
}

std::function<MetricFamily()> FamilyOf(std::string name, std::string help, MetricType type,
                                       Metrics::ReadSamples read) {
  return
      [family = MetricFamily{std::move(name), std::move(help), type, {}}, read = std::move(read)] {
        MetricFamily filled = family;
        for (const Sample& sample : read()) filled.metric.push_back(ToMetric(sample, family.type));
        return filled;
      };
}

Metrics::ReadSamples Single(Metrics::Read read) {
  return [read = std::move(read)] { return std::vector<Sample>{{{}, read()}}; };
}

}  // namespace

void Metrics::AddCounter(std::string name, std::string help, Read read) {
  AddCounters(std::move(name), std::move(help), Single(std::move(read)));
}

void Metrics::AddCounters(std::string name, std::string help, ReadSamples read) {
  Add(FamilyOf(std::move(name), std::move(help), MetricType::Counter, std::move(read)));
}

void Metrics::AddGauge(std::string name, std::string help, Read read) {
  AddGauges(std::move(name), std::move(help), Single(std::move(read)));
}

void Metrics::AddGauges(std::string name, std::string help, ReadSamples read) {
  Add(FamilyOf(std::move(name), std::move(help), MetricType::Gauge, std::move(read)));
}

void Metrics::AddHistogram(std::string name, std::string help, ReadHistogram read) {
  AddHistograms(std::move(name), std::move(help), [read = std::move(read)] {
    return std::vector<std::pair<Labels, Histogram::Snapshot>>{{{}, read()}};
  });
}

void Metrics::AddHistograms(std::string name, std::string help, ReadHistograms read) {
  Add([family = MetricFamily{std::move(name), std::move(help), MetricType::Histogram, {}},
       read = std::move(read)] {
    MetricFamily filled = family;
    for (const auto& [labels, snapshot] : read()) {
      filled.metric.push_back(ToMetric(labels, snapshot));
    }
    return filled;
  });
}

void Metrics::BeforeEach(std::function<void()> prepare) {
  const std::lock_guard lock(mutex_);
  preparing_.push_back(std::move(prepare));
}

void Metrics::Add(ReadFamily family) {
  const std::lock_guard lock(mutex_);
  families_.push_back(std::move(family));
}

std::vector<MetricFamily> Metrics::Collect() const {
  const std::lock_guard lock(mutex_);
  for (const std::function<void()>& prepare : preparing_) prepare();
  std::vector<MetricFamily> all;
  all.reserve(families_.size());
  for (const ReadFamily& family : families_) all.push_back(family());
  return all;
}

std::string Metrics::Text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, Collect());
  return std::move(out).str();
}

}  // namespace parley::metrics
