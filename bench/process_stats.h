#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace parley::bench {

/// What the kernel says of one process, from /proc (proc(5)).
struct ProcessSample {
  double cpu_s = 0;             ///< utime + stime since it began
  std::uint64_t rss_bytes = 0;  ///< of several: what they share counts once
  std::uint64_t threads = 0;
  std::uint64_t files = 0;  ///< open file descriptors; 0 where one may not look
};
/// A process with all that it has started, and these again: what a server made of many processes
/// takes. kNotFound if there is no such process.
Result<ProcessSample> SampleProcess(int pid);

/// Several processes as one.
ProcessSample Sum(const ProcessSample& a, const ProcessSample& b);

/// What it says of the machine.
struct MachineSample {
  double busy_s = 0;               ///< of all cores since boot
  double total_s = 0;              ///< the same, idle time included
  std::uint64_t socket_bytes = 0;  ///< buffers of TCP sockets, of all processes
  std::uint64_t slab_bytes = 0;    ///< the kernel's own objects, sockets among them
};
MachineSample SampleMachine();

/// CPU of this process and of the calling thread, in seconds.
double OwnCpuS();
double ThreadCpuS();

/// The process that listens on `port` of this machine, if one may see it.
std::optional<int> FindListener(int port);

}  // namespace parley::bench
