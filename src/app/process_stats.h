#pragma once

#include <cstdint>

namespace parley::app {

/// What the kernel tells of this process (/proc/self), under the names that Prometheus' own clients
/// use. A figure that it does not tell is 0.
struct ProcessStats {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t max_files = 0;
  std::uint64_t threads = 0;
  double start_time_seconds = 0;  ///< since the epoch
};

/// Reads them now. Any thread, but no shard: before Linux 6.2 open files are counted by walking
/// through all of them, tens of milliseconds with many connections.
ProcessStats ReadProcessStats();

}  // namespace parley::app
