#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "bus/presence.h"
#include "runtime/shard.h"

namespace parley::bus {

/// The presence of a single process. Each person has a home, the shard of a hash of their id, which
/// alone counts their connections and knows their watchers: so there is nothing to lock, and what
/// happens to a person happens in one order. Somebody whom nobody watches costs one number there.
class LocalPresence : public Presence {
 public:
  struct Stats {
    std::size_t connected = 0;  ///< people with a connection
    std::size_t watched = 0;    ///< people whom somebody watches
    std::size_t lingering = 0;  ///< of these, who has left and is still shown
  };

  /// The shards must outlive it, and be stopped before it is destroyed. Watchers hear that somebody
  /// is gone `linger` after their last connection ended.
  LocalPresence(std::vector<runtime::Shard*> shards, std::chrono::milliseconds linger);
  ~LocalPresence() override;

  std::unique_ptr<Subscription> Connect(UserId user) override;
  std::unique_ptr<PresenceWatch> Watch(PresenceListener& listener) override;
  runtime::Task<Result<std::vector<UserId>>> WhoIsConnected(std::vector<UserId> users) override;

  /// Any thread.
  Stats stats() const;

 private:
  class Home;
  class Homes;
  class Connection;
  class LocalWatch;
  struct Watcher;

  std::shared_ptr<const Homes> homes_;
};

}  // namespace parley::bus
