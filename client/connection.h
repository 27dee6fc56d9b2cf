#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "client/events.h"
#include "client/frames.h"
#include "client/outbox.h"
#include "client/url.h"

namespace parley::client {

/// A standing connection of one signed-in person to the server: tells of every change once and in
/// order, sends messages until they are stored, and comes back by itself whenever the connection is
/// lost.
///
///   Connection connection({.server = url, .token = token}, random, [](const Event& event) { … });
///   connection.Start();
///
/// Works on threads of its own between Start() and Stop(). The other calls may come from any
/// thread.
class Connection {
 public:
  struct Options {
    ServerUrl server;
    std::string token;
    /// Changes of these conversations are told from there on (Loaded events tell of all others).
    std::vector<Head> known = {};
    /// How often to ask whether something was missed, on a connection that stands.
    std::chrono::milliseconds resume_every = std::chrono::minutes(5);
  };
  /// Called on the connection's thread, one event after the other. It should return soon, and must
  /// not call Stop() or destroy the connection.
  using Listener = std::function<void(const Event&)>;

  /// `random` must outlive this.
  Connection(Options options, Random& random, Listener listener);
  /// Stops.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start();
  /// When it returns, the listener is not called any more. What was marked as read has been said,
  /// if the connection stands. May take a second or two. Idempotent.
  void Stop();

  /// Puts a message in the outbox; a Sent or SendFailed event tells what became of it.
  void Send(OutgoingMessage message);
  /// Says that the person has read up to `seq`. That messages were delivered is said without
  /// asking.
  void MarkRead(ConversationId conversation, Seq seq);
  /// Says that the person is typing, or has stopped. Momentary: nothing is said while not live.
  void SayTyping(ConversationId conversation, bool active);
  /// Whose presence to be told of (Noticed events) on this connection and all later ones; replaces
  /// the earlier set. Those beyond kMaxWatched are left out.
  void WatchPresence(std::vector<UserId> users);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace parley::client
