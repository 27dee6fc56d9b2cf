#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "chat/chat_service.h"
#include "gateway/sessions.h"
#include "metrics/histogram.h"
#include "metrics/server_history.h"
#include "model/server_sample.h"
#include "net/server.h"
#include "runtime/shard.h"
#include "runtime/timer.h"
#include "storage/store.h"

namespace parley::app {

/// What the server has counted up to one moment.
struct ServerTotals {
  std::uint64_t connections = 0;
  std::uint64_t messages = 0;
  std::uint64_t deliveries = 0;
  metrics::Histogram::Snapshot commit_seconds;
  std::uint64_t storage_bytes = 0;
  std::uint64_t memory_bytes = 0;
};

/// Within which so many seconds the share `quantile` (0 to 1) of the observations between the two
/// readings lay; within a bucket they count as spread evenly, as Prometheus' histogram_quantile
/// does. Nothing where there was none; above the last bound, that bound.
std::optional<double> QuantileBetween(const metrics::Histogram::Snapshot& before,
                                      const metrics::Histogram::Snapshot& after, double quantile);

/// What happened between two readings.
ServerSample SampleBetween(const ServerTotals& before, const ServerTotals& after,
                           std::chrono::duration<double> between, TimePoint at);

/// Where the totals come from; all of it outlives the sampler.
struct TotalsSources {
  const storage::Store* store;
  const net::Server* server;
  const chat::ChatService* chat;
  const gateway::Sessions* sessions;
};
/// Reads what the metrics read, without waiting for anything.
std::function<ServerTotals()> TotalsReader(TotalsSources sources);

/// Adds a sample to the history at the start and then every kInterval, on its shard.
class StatsSampler {
 public:
  static constexpr std::chrono::seconds kInterval{5};

  /// All that it is given must outlive it.
  StatsSampler(runtime::Shard& shard, Clock& clock, std::function<ServerTotals()> read,
               metrics::ServerHistory& history)
      : shard_(shard), clock_(clock), read_(std::move(read)), history_(history), timer_(shard) {}

  /// Once; any thread. The shard's loop must have ended before the destructor.
  void Start();

 private:
  using Steady = std::chrono::steady_clock;

  void Sample();

  runtime::Shard& shard_;
  Clock& clock_;
  const std::function<ServerTotals()> read_;
  metrics::ServerHistory& history_;
  runtime::Timer timer_;
  ServerTotals last_;
  Steady::time_point last_at_;
};

}  // namespace parley::app
