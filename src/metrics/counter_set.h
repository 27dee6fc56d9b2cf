#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metrics.h"

namespace parley::metrics {

/// Counters of one family that differ in one label, whose values are known beforehand: they cannot
/// grow with what people send. Any thread; counting is one relaxed atomic addition.
class CounterSet {
 public:
  CounterSet(std::string label, std::vector<std::string> values);

  /// A value that is none of the known ones counts as "other".
  void Count(std::string_view value);
  std::uint64_t Get(std::string_view value) const;

  /// For Metrics::AddCounters: all known values, and "other" where there were any.
  std::vector<Sample> Read() const;

 private:
  std::size_t IndexOf(std::string_view value) const;

  const std::string label_;
  const std::vector<std::string> values_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;  // per value, and one for the others
};

}  // namespace parley::metrics
