#include "metrics/counter_set.h"

#include <algorithm>
#include <utility>

namespace parley::metrics {

CounterSet::CounterSet(std::string label, std::vector<std::string> values)
    : label_(std::move(label)),
      values_(std::move(values)),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(values_.size() + 1)) {}

std::size_t CounterSet::IndexOf(std::string_view value) const {
  return static_cast<std::size_t>(std::ranges::find(values_, value) - values_.begin());
}

void CounterSet::Count(std::string_view value) {
  counts_[IndexOf(value)].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t CounterSet::Get(std::string_view value) const {
  return counts_[IndexOf(value)].load(std::memory_order_relaxed);
}

std::vector<Sample> CounterSet::Read() const {
  std::vector<Sample> samples;
  samples.reserve(values_.size() + 1);
  for (const std::string& value : values_) {
    samples.push_back({{{label_, value}}, static_cast<double>(Get(value))});
  }
  if (const std::uint64_t others = counts_[values_.size()].load(std::memory_order_relaxed);
      others != 0) {
    samples.push_back({{{label_, "other"}}, static_cast<double>(others)});
  }
  return samples;
}

}  // namespace parley::metrics
