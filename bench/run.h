#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "bench/process_stats.h"
#include "bench/socket.h"
#include "bench/stats.h"

namespace parley::bench {

/// Everything at one moment.
struct Snapshot {
  std::int64_t at_ns = 0;
  Counts counts;
  /// Of all servers together; none where the process of one is not known.
  std::optional<ProcessSample> server;
  MachineSample machine;
  double own_cpu_s = 0;
};

/// What a run has found.
struct Outcome {
  Snapshot before;               ///< no connection yet
  Snapshot connected;            ///< all connections stand
  Snapshot from, to;             ///< the measured time
  Counts total;                  ///< of the whole run, after the drain
  std::uint64_t unanswered = 0;  ///< messages that no ack came for
  Histogram ack, delivery, lag, level;
  std::int64_t first_lost_ns = 0;  ///< storm: see Stats
  std::int64_t last_level_ns = 0;
  double busiest_worker = 0;  ///< largest CPU share of a worker's thread while measuring
  std::string first_error;
  bool interrupted = false;
  bool losses_wanted = false;  ///< connections were to be lost, and had to come back
  std::uint64_t away = 0;      ///< people who are not connected and level at the end

  /// Messages that should have come and did not.
  std::uint64_t Missing() const;
  /// Whether all went as it should.
  bool Clean() const;
};

/// Connects the plan's people, runs the workload and waits for what is under way. `stop` may be set
/// at any time by a signal handler: the run then ends early, with what it has. `server_pids`: of
/// all targets, or none. kUnavailable: not everybody could connect.
Result<Outcome> RunWorkload(const Options& options, const Plan& plan,
                            const std::vector<Target>& targets, const std::vector<int>& server_pids,
                            const std::atomic<bool>& stop);

}  // namespace parley::bench
