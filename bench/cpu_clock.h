#pragma once

#include <ctime>
#include <optional>
#include <sys/types.h>

namespace parley::bench {

/// CPU (utime + stime) of a process since it began, in seconds, without the steps of 10 ms that
/// /proc has; none if there is no such process.
inline std::optional<double> ProcessCpuS(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    return std::nullopt;
  }
  constexpr double kNs = 1e-9;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * kNs;
}

}  // namespace parley::bench
