#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "app/bus_parts.h"
#include "app/config/config.h"
#include "app/fleet_keeper.h"
#include "app/fleet_witness.h"
#include "app/log.h"
#include "base/clock.h"
#include "chat/chat_service.h"
#include "chat/sweeper.h"
#include "runtime/shard.h"
#include "storage/cached/cached_store.h"
#include "storage/node_signs.h"

namespace parley::app {

/// What nodes tell each other of rows that they wrote.
inline constexpr std::string_view kCacheTopic = "cache";

/// What a node of a fleet does besides its work: hears what others write, finishes what others left
/// undone, and steps back while it cannot do its work.
class FleetMember {
 public:
  /// All must outlive it. `shard` runs.
  struct Parts {
    const BusSettings& settings;
    BusParts& bus;  ///< with a fleet
    storage::cached::CachedStore& store;
    storage::NodeSigns* signs;  ///< null: there is no place for them
    chat::ChatService& chat;
    Clock& clock;
    storage::SecretKey fingerprint_key;
    runtime::Shard& shard;
    ProcessLogger& log;
    std::function<void()> send_away;  ///< our people, to other nodes; must not block
  };
  explicit FleetMember(const Parts& parts);
  /// After the shard was stopped.
  ~FleetMember();
  FleetMember(const FleetMember&) = delete;
  FleetMember& operator=(const FleetMember&) = delete;

  /// Connects, in the background, and begins.
  void Join();
  /// Tells the others that this node takes nothing new. From no shard.
  void Drain();
  /// Ends what runs. From no shard; before the chat service is stopped.
  void Stop();

  /// Whether the clock is near enough to those of the others; kUnavailable says how far it is off.
  /// Any thread.
  Status CheckClock() const;
  /// kUnavailable where this node does not reach the bus while others do. Any thread.
  Status CheckBus() const;

  const chat::SweeperStats& sweeper_stats() const { return sweeper_.stats(); }

 private:
  void HearNews();
  Status CheckFitness() const;
  bool OthersTakePeople() const;

  const Parts parts_;
  bus::Fleet& fleet_;
  chat::Sweeper sweeper_;
  std::optional<FleetWitness> witness_;
  FleetKeeper keeper_;
};

}  // namespace parley::app
