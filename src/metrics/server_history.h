#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "model/server_sample.h"

namespace parley::metrics {

/// How the server was doing lately, for administrators: the last kCapacity samples, in memory
/// alone. Any thread.
class ServerHistory {
 public:
  static constexpr std::size_t kCapacity = 120;  ///< ten minutes of one each five seconds

  /// Also notes the start of the server.
  ServerHistory() = default;

  /// The oldest one goes where there are too many.
  void Add(const ServerSample& sample);
  /// Oldest first; empty before the first was added.
  std::vector<ServerSample> Read() const;
  std::chrono::milliseconds uptime() const;

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::deque<ServerSample> samples_;  // guarded by mutex_
};

}  // namespace parley::metrics
