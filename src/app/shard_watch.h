#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "metrics/histogram.h"
#include "runtime/shard.h"

namespace parley::app {

/// Watches that every shard comes to its work: once a second each posts something to itself and
/// notes how late it is run. Tells how long work waits for a shard, and which one stands still.
///
/// Made and started from no shard; destroyed when the shards have stopped, before their loops go.
class ShardWatch {
 public:
  explicit ShardWatch(const std::vector<runtime::Shard*>& shards);
  ~ShardWatch();
  ShardWatch(const ShardWatch&) = delete;
  ShardWatch& operator=(const ShardWatch&) = delete;

  void Start();

  /// How late work was run, over all shards. Any thread.
  metrics::Histogram::Snapshot latency() const { return latency_.Read(); }
  /// kInternal with the number of a shard that has not run anything for 30 s. Any thread.
  Status health() const;

 private:
  struct Pulse;

  void Arm(Pulse& pulse);

  std::vector<std::unique_ptr<Pulse>> pulses_;
  metrics::Histogram latency_{metrics::Histogram::SecondsBounds()};
};

}  // namespace parley::app
