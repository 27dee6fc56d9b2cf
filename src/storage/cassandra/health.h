#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"

namespace parley {
class Logger;
}

namespace parley::storage::cassandra {

/// Whether the cluster takes our requests, judged by how the last ones went. Any thread.
class ClusterHealth {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// So many failures for so long, with no success between them, and the cluster fails: a node that
  /// dies takes with it all that is under way on it, and the others go on.
  static constexpr std::size_t kFailures = 5;
  static constexpr std::chrono::seconds kSpell{2};
  /// A failure that long ago says nothing of now.
  static constexpr std::chrono::seconds kMemory{30};

  /// Tells `log` (which may be null) when the cluster begins to fail, and when it works again.
  explicit ClusterHealth(Logger* log) : log_(log) {}

  void Succeeded();
  /// `statement` and what the driver said of it.
  void Failed(std::string_view statement, std::string_view error, Time now);

  /// kUnavailable with the last error where it fails.
  Status Read(Time now) const;

 private:
  /// Under the mutex.
  bool Fails() const { return failures_ >= kFailures && last_failure_ - first_failure_ >= kSpell; }

  Logger* const log_;
  mutable std::mutex mutex_;
  // All guarded by mutex_.
  std::size_t failures_ = 0;  // since the last success
  bool told_ = false;         // the log, of these failures
  Time first_failure_;        // of these
  Time last_failure_;
  std::string last_error_;
};

}  // namespace parley::storage::cassandra
