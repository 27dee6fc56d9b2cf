#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace parley {

/// How the server was doing at one moment; rates and latencies are of the interval that ended then.
struct ServerSample {
  TimePoint at;
  std::uint64_t connections = 0;  ///< open WebSockets
  double messages_per_second = 0;
  double deliveries_per_second = 0;
  std::optional<double> commit_p50_ms;  ///< nothing where there was no commit
  std::optional<double> commit_p99_ms;
  std::uint64_t storage_bytes = 0;
  std::uint64_t memory_bytes = 0;

  bool operator==(const ServerSample&) const = default;
};

}  // namespace parley
