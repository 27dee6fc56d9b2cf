#pragma once

#include <cmath>
#include <cstdint>

#include "bench/clock.h"

namespace parley::bench {

/// When the sends of an open loop are due: at a fixed rate, whatever became of those before, so
/// that a server that stalls cannot hide it ("coordinated omission").
class Pace {
 public:
  explicit Pace(double per_second)
      : interval_ns_(per_second > 0 ? static_cast<double>(kNsPerSecond) / per_second : 0) {}

  /// Starts at the first call. Afterwards, while it answers true, one more send is due, at
  /// due_ns().
  bool Due(std::int64_t now_ns) {
    if (start_ns_ == 0) start_ns_ = now_ns;
    due_ns_ = start_ns_ + std::llround(static_cast<double>(sent_) * interval_ns_);
    if (due_ns_ > now_ns) return false;
    ++sent_;
    return true;
  }
  /// Of the send that Due() told of last.
  std::int64_t due_ns() const { return due_ns_; }

 private:
  double interval_ns_;
  std::int64_t start_ns_ = 0;
  std::int64_t due_ns_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace parley::bench
