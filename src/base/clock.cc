#include "base/clock.h"

namespace parley {

TimePoint SystemClock::Now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

TimePoint MonotonicClock::Now() {
  const std::int64_t now = ToMillis(source_.Now());
  std::int64_t last = last_.load(std::memory_order_relaxed);
  while (now > last && !last_.compare_exchange_weak(last, now, std::memory_order_relaxed)) {
  }
  return FromMillis(now > last ? now : last);
}

}  // namespace parley
