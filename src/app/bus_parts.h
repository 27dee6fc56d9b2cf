#pragma once

#include <memory>
#include <vector>

#include "app/config/config.h"
#include "app/log.h"
#include "base/clock.h"
#include "base/random.h"
#include "bus/local/local_bus.h"
#include "bus/local/local_presence.h"
#include "bus/nats/nats_bus.h"
#include "bus/nats/nats_fleet.h"
#include "bus/nats/nats_link.h"
#include "bus/nats/nats_presence.h"
#include "runtime/shard.h"

namespace parley::app {

/// What connects the parts of a node, and the node with others where its configuration says so.
///
/// Made when the shards are there, before what subscribes; started when all of that is made;
/// stopped before the shards are.
class BusParts {
 public:
  /// `clock`, `random` and `log` outlive it.
  BusParts(const Config& config, const std::vector<runtime::Shard*>& shards, Clock& clock,
           Random& random, ProcessLogger& log);
  ~BusParts();
  BusParts(const BusParts&) = delete;
  BusParts& operator=(const BusParts&) = delete;

  bus::Bus& bus();
  bus::Presence& presence();
  /// Null where the node is alone.
  bus::Fleet* fleet() { return nats_ ? &nats_->fleet : nullptr; }

  /// Calls `paused` on some thread after this process stood still (SIGSTOP, a sleeping machine):
  /// what it remembers of what others do may be wrong by now. Before Start; only with a fleet.
  void OnPause(UniqueFunction<void()> paused);

  /// Connects, in the background.
  void Start();
  /// Says goodbye and ends the connections. From no shard. Idempotent.
  void Stop();

  // For metrics.
  const bus::LocalBus& local_bus() const { return local_bus_; }
  const bus::LocalPresence& local_presence() const { return local_presence_; }
  struct Nats {
    Nats(const Config& config, const std::vector<runtime::Shard*>& shards, bus::Bus& local_bus,
         bus::Presence& local_presence, Clock& clock, Random& random, ProcessLogger& log);

    runtime::Shard shard;  ///< of both links, and of nothing else
    bus::NatsLink events;  ///< what people are told
    bus::NatsLink words;   ///< heartbeats and requests: they must not wait behind events
    bus::NatsFleet fleet;
    bus::NatsBus bus;
    bus::NatsPresence presence;
  };
  /// Null where the node is alone.
  const Nats* nats() const { return nats_.get(); }

 private:
  bus::LocalBus local_bus_;
  bus::LocalPresence local_presence_;
  std::unique_ptr<Nats> nats_;
};

}  // namespace parley::app
