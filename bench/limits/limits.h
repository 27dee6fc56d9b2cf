#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "bench/histogram.h"

namespace parley::bench {

/// What one thread took for something that it did many times.
struct CpuLimit {
  std::uint64_t count = 0;
  double cpu_us = 0;   ///< each
  double seconds = 0;  ///< all of them
};

/// One read and one write of `bytes` bytes over loopback TCP by a bare epoll loop. The other ends,
/// on a thread of their own, send again what has come back: one message under way on each.
Result<CpuLimit> MeasureEcho(std::size_t connections, std::size_t bytes, double seconds);

/// One send of `bytes` bytes to one of `sockets` sockets in turn. All are read before the next turn
/// begins, by another thread, which waits for them. Turns begin `every` seconds, and 0 is at once:
/// what rests in between is in no cache any more.
Result<CpuLimit> MeasureSend(std::size_t sockets, std::size_t bytes, double seconds,
                             double every = 0);

/// How long it takes to append `bytes` bytes to a file in `folder` and to wait for fdatasync, in
/// ns. The file is removed. kUnavailable: it cannot be written.
Result<Histogram> MeasureSync(const std::string& folder, std::size_t bytes, double seconds);

/// The kernel's own memory (slab) for both ends of one idle connection.
Result<double> MeasureKernelBytesPerPair(std::size_t pairs);

}  // namespace parley::bench
