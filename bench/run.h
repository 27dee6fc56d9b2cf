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
  std::optional<ProcessSample> server;  ///< none where the server's process is not known
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
  Histogram ack, delivery, lag;
  double busiest_worker = 0;  ///< largest CPU share of a worker's thread while measuring
  std::string first_error;
  bool interrupted = false;

  /// Messages that should have come and did not.
  std::uint64_t Missing() const;
  /// Whether all went as it should.
  bool Clean() const;
};

/// Connects the plan's people, runs the workload and waits for what is under way. `stop` may be set
/// at any time by a signal handler: the run then ends early, with what it has. kUnavailable: not
/// everybody could connect.
Result<Outcome> RunWorkload(const Options& options, const Plan& plan, const Target& target,
                            std::optional<int> server_pid, const std::atomic<bool>& stop);

}  // namespace parley::bench
