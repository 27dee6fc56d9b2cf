#pragma once

#include <chrono>
#include <cstdint>

namespace parley::bench {

/// Nanoseconds of CLOCK_MONOTONIC: the same clock in every thread of this machine.
inline std::int64_t NowNs() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

}  // namespace parley::bench
