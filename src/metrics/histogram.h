#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace parley::metrics {

/// How often a value was within which bounds. Observing costs two relaxed atomic additions. Any
/// thread.
class Histogram {
 public:
  /// What was seen so far; the counts are not cumulative.
  struct Snapshot {
    std::vector<double> bounds;         ///< upper ones, inclusive, ascending
    std::vector<std::uint64_t> counts;  ///< per bound, and one more for what is above the last
    std::uint64_t count = 0;
    double sum = 0;
  };

  /// `bounds` ascending.
  explicit Histogram(std::vector<double> bounds);
  /// For durations of requests: 0.5 ms to 10 s.
  static std::vector<double> SecondsBounds();

  void Observe(std::chrono::nanoseconds duration);
  Snapshot Read() const;

 private:
  const std::vector<double> bounds_;  // in seconds
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<std::uint64_t> sum_ns_{0};
};

}  // namespace parley::metrics
