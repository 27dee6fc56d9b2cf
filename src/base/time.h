#pragma once

#include <chrono>
#include <cstdint>

namespace parley {

/// A moment of wall-clock time, UTC, in milliseconds since the Unix epoch.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t ToMillis(TimePoint time) { return time.time_since_epoch().count(); }
inline TimePoint FromMillis(std::int64_t ms) { return TimePoint(std::chrono::milliseconds(ms)); }

}  // namespace parley
