#include "metrics/histogram.h"

#include <algorithm>
#include <utility>

namespace parley::metrics {

Histogram::Histogram(std::vector<double> bounds) : Histogram(std::move(bounds), 1e9) {}

Histogram::Histogram(std::vector<double> bounds, double units_in_one)
    : bounds_(std::move(bounds)),
      units_in_one_(units_in_one),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)) {}

Histogram Histogram::OfCounts() {
  return Histogram({1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1'024, 2'048, 4'096}, 1);
}

std::vector<double> Histogram::SecondsBounds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

void Histogram::Observe(std::chrono::nanoseconds duration) {
  // A clock that stood still gives 0; one that stepped back would wrap the sum.
  const auto units = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  Add(static_cast<double>(units) / units_in_one_, units);
}

void Histogram::ObserveCount(std::uint64_t count) { Add(static_cast<double>(count), count); }

void Histogram::Add(double value, std::uint64_t units) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(units, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::Read() const {
  Snapshot snapshot;
  snapshot.bounds = bounds_;
  snapshot.counts.reserve(bounds_.size() + 1);
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    snapshot.counts.push_back(counts_[i].load(std::memory_order_relaxed));
    snapshot.count += snapshot.counts.back();
  }
  snapshot.sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) / units_in_one_;
  return snapshot;
}

}  // namespace parley::metrics
