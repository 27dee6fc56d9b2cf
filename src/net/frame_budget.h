#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "net/connection_table.h"

namespace parley::net {

/// A token bucket: `rate` frames a second on average, ten seconds' worth at once. 16 bytes, so that
/// each connection can have one.
class FrameBudget {
 public:
  static constexpr float kBurstSeconds = 10;

  /// Takes `count` frames at `now`; false when there are not as many left. `rate` is the same each
  /// time; 0 is no limit.
  bool Take(std::size_t count, std::size_t rate, SteadyTime now) {
    if (rate == 0) return true;
    const auto per_second = static_cast<float>(rate);
    if (since_ == SteadyTime()) {
      left_ = per_second * kBurstSeconds;
    } else {
      const std::chrono::duration<float> passed = now - since_;
      left_ = std::min(per_second * kBurstSeconds, left_ + per_second * passed.count());
    }
    since_ = now;
    left_ -= static_cast<float>(count);
    return left_ >= 0;
  }

 private:
  SteadyTime since_;
  float left_ = 0;
};

}  // namespace parley::net
