#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "model/ids.h"
#include "runtime/task.h"

namespace parley::bus {

/// Whether somebody is there.
struct PresenceNews {
  UserId user;
  bool online = false;

  bool operator==(const PresenceNews&) const = default;
};

/// Hears of the people whom it watches. Called on the shard that watches.
class PresenceListener {
 public:
  virtual ~PresenceListener() = default;
  /// Must not end the watch.
  virtual void OnPresence(const std::vector<PresenceNews>& news) = 0;
};

/// Ends when it is destroyed, on the shard that made it; nothing is heard after.
class PresenceWatch {
 public:
  virtual ~PresenceWatch() = default;

  /// Watches these people (each once) in place of those before. The listener hears of each soon,
  /// also of those that it watched already, and then of every change. Never calls the listener from
  /// within.
  virtual void Set(std::vector<UserId> users) = 0;
};

/// Knows who is connected, and tells those who watch.
///
/// A person is online while one of their connections lives, and for a short while (the linger)
/// after the last one ended, so that a reconnect does not flicker. Momentary: news of one person
/// come in order, and the last one is true once things are quiet, but what happens in between may
/// be left out. Who is allowed to know is not asked here: that is the watcher's to check. Every
/// implementation passes the suite in bus/testing.
class Presence {
 public:
  virtual ~Presence() = default;

  /// The person has one connection more, until the answer is destroyed. Must be called on a shard.
  virtual std::unique_ptr<Subscription> Connect(UserId user) = 0;

  /// Must be called on a shard; `listener` must outlive the watch.
  virtual std::unique_ptr<PresenceWatch> Watch(PresenceListener& listener) = 0;

  /// Those of them who have a connection right now (the linger does not count), in no order. Sees
  /// what this shard did before. Await on a shard; kUnavailable when the server stops.
  virtual runtime::Task<Result<std::vector<UserId>>> WhoIsConnected(std::vector<UserId> users) = 0;
};

}  // namespace parley::bus
