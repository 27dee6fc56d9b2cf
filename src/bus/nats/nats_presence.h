#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bus/fleet.h"
#include "bus/nats/link.h"
#include "bus/presence.h"
#include "runtime/shard.h"

namespace parley::bus {

struct NatsPresenceOptions {
  std::string prefix = "parley";               ///< of all subjects: another one for another fleet
  std::chrono::milliseconds answer_wait{300};  ///< for the others, when asked who is connected
  std::size_t people_per_question = 1'000;     ///< of one message
};

/// The presence of many processes, over that of this one: where another node holds somebody who is
/// watched here, this node has a connection of theirs in its local presence for as long. So
/// everything else (who watches, the linger) is done there.
///
/// A node says on `PREFIX.p.USER` when it gets somebody's first connection or loses their last;
/// nodes where they are watched subscribe, and ask on `PREFIX.q` who holds them when they begin to
/// watch, when a node comes, and after a gap. What a node held that is gone (FleetView) is held no
/// more.
class NatsPresence : public Presence {
 public:
  /// Any thread; counted since the start.
  struct Stats {
    std::uint64_t announced = 0;  ///< comings and goings told to the others
    std::uint64_t asked = 0;      ///< questions to them
    std::uint64_t answered = 0;   ///< questions of theirs
    std::size_t held = 0;         ///< now: people connected here
    std::size_t watched = 0;      ///< now: people watched here
    std::size_t remote = 0;       ///< now: of these, held elsewhere (once for each node)
  };

  /// Before the link and the fleet are started. The shards are all those of `local`; they, `local`,
  /// `link` and `fleet` outlive it, and whatever it made. The link must be closed before all of
  /// them end.
  NatsPresence(Presence& local, Link& link, Fleet& fleet, std::vector<runtime::Shard*> shards,
               NatsPresenceOptions options);
  /// After the shards were stopped.
  ~NatsPresence() override;

  std::unique_ptr<Subscription> Connect(UserId user) override;
  std::unique_ptr<PresenceWatch> Watch(PresenceListener& listener) override;
  runtime::Task<Result<std::vector<UserId>>> WhoIsConnected(std::vector<UserId> users) override;

  /// Asks the others anew about everybody who is watched: after a pause of this process. Any
  /// thread.
  void Gap();

  Stats stats() const;

 private:
  class Core;
  class Home;
  class Connection;
  class NatsWatch;

  std::shared_ptr<Core> core_;
};

}  // namespace parley::bus
