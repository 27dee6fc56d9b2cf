#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/findings.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "bench/process_stats.h"
#include "bench/server_metrics.h"
#include "bench/servers.h"
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

/// How people came back to the one server.
struct ComebackOutcome {
  std::uint64_t away = 0;           ///< how many were away at first
  std::uint64_t conversations = 0;  ///< different ones: two people have only one
  std::optional<double> ready_s;    ///< from the start of the killed server until it served
  std::optional<StoreReads> reads;
};

/// What a run has found.
struct Outcome {
  Snapshot before;            ///< no connection yet
  Snapshot connected;         ///< all connections stand
  Snapshot from, to;          ///< the measured time
  Counts total;               ///< of the whole run, after the drain
  Findings found;             ///< of all workers
  double busiest_worker = 0;  ///< largest CPU share of a worker's thread while measuring
  std::optional<ComebackOutcome> comeback;
  bool interrupted = false;
  bool losses_wanted = false;  ///< connections were to be lost, and had to come back
  /// Of all servers while it was measured; none where a process is not known.
  std::optional<double> ServerCpuS() const;
  /// Messages that should have come and did not.
  std::uint64_t Missing() const;
  /// Whether all went as it should.
  bool Clean() const;
};

/// Connects the plan's people, runs the workload and waits for what is under way. `stop` may be set
/// at any time by a signal handler: the run then ends early, with what it has. kUnavailable: not
/// everybody could connect, or a server that was to start again did not.
Result<Outcome> RunWorkload(const Options& options, const Plan& plan, const Servers& servers,
                            const std::atomic<bool>& stop);

}  // namespace parley::bench
