#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace parley::metrics {

/// How often a duration, or a number of things, was within which bounds. Observing costs two
/// relaxed atomic additions. Any thread.
class Histogram {
 public:
  /// What was seen so far; the counts are not cumulative.
  struct Snapshot {
    std::vector<double> bounds;         ///< upper ones, inclusive, ascending
    std::vector<std::uint64_t> counts;  ///< per bound, and one more for what is above the last
    std::uint64_t count = 0;
    double sum = 0;
  };

  /// Of durations; `bounds` in seconds, ascending.
  explicit Histogram(std::vector<double> bounds);
  /// Of whole numbers: 1, 2, 4, …, 4,096.
  static Histogram OfCounts();
  /// For durations of requests: 0.5 ms to 10 s.
  static std::vector<double> SecondsBounds();

  void Observe(std::chrono::nanoseconds duration);
  /// Only where it was made by OfCounts().
  void ObserveCount(std::uint64_t count);
  Snapshot Read() const;

 private:
  Histogram(std::vector<double> bounds, double units_in_one);
  void Add(double value, std::uint64_t units);

  const std::vector<double> bounds_;
  const double units_in_one_;  // of sum_
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<std::uint64_t> sum_{0};  // in nanoseconds, or in things
};

}  // namespace parley::metrics
