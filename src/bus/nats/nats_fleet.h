#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "bus/fleet.h"
#include "bus/nats/link.h"

namespace parley::bus {

struct NatsFleetOptions {
  std::string prefix = "parley";  ///< of all subjects: another one for another fleet
  std::string name = {};          ///< this node's, for people
  std::chrono::milliseconds heartbeat{1'000};
  std::chrono::milliseconds silence{3'500};      ///< a node that was not heard for so long is gone
  std::chrono::milliseconds pause_limit{2'500};  ///< who did not run for so long has paused
  std::size_t max_asked = 65'536;                ///< requests that wait for their answers
};

/// The fleet over NATS. Everybody says on `PREFIX.node` that they are alive, and when they go; a
/// node that hears a new one says so at once, so that views agree quickly. Requests go to
/// `PREFIX.ask.NODE.TOPIC`, answers to `PREFIX.r.NODE.NUMBER`; where nobody listens the server says
/// so itself. A node whose connection was lost says so once it has another: what was asked of it,
/// and what it asked, ends as kUnknown then. Broadcasts go to `PREFIX.all.TOPIC`.
///
/// Who is alive is judged by a thread of its own, by the steady clock. After a pause of its own
/// (SIGSTOP, a sleeping machine) the others are given time to be heard again.
class NatsFleet : public Fleet {
 public:
  /// Any thread; counted since the start.
  struct Stats {
    std::size_t nodes = 0;  ///< now: seen alive, with this one
    std::size_t asked = 0;  ///< now: requests that wait
    std::uint64_t answered = 0;
    std::uint64_t not_found = 0;
    std::uint64_t unavailable = 0;  ///< not sent
    std::uint64_t unknown = 0;      ///< timed out, or a connection on the way was lost
    std::uint64_t served = 0;       ///< requests of others
    std::uint64_t pauses = 0;       ///< of this node itself
  };

  /// Before the link is started; `link` (best one of its own: heartbeats must not wait behind
  /// events), `clock` and `log` outlive the fleet, and the shards that ask.
  NatsFleet(NodeId self, Link& link, NatsFleetOptions options, Clock& clock, Logger& log);
  /// Stops it.
  ~NatsFleet() override;

  NodeId self() const override;
  FleetViewPtr view() const override;
  std::unique_ptr<Subscription> OnViewChange(UniqueFunction<void()> changed) override;
  void SetDraining(bool draining) override;
  Status connection() const override;
  std::chrono::milliseconds clock_offset() const override;
  void Serve(std::string topic, Handler handler) override;
  void Ask(NodeId node, std::string_view topic, std::string request,
           std::chrono::milliseconds timeout, AskDone done) override;
  void Broadcast(std::string_view topic, std::string message) override;
  void Listen(std::string topic, Listener listener) override;
  void Start() override;
  void Stop() override;

  /// Calls `paused` on some thread after this node itself stood still for longer than the limit:
  /// what it believed may be wrong by now. Before the fleet is started.
  void OnPause(UniqueFunction<void()> paused);

  Stats stats() const;

 private:
  class Core;

  std::shared_ptr<Core> core_;
};

}  // namespace parley::bus
