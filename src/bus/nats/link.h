#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "bus/bus.h"

namespace parley::bus {

/// One connection to the NATS servers, as far as Parley uses it. It looks after itself: finds
/// another server when one dies, and subscribes again there. Nothing here ever waits for the
/// network, so that shards may call it.
///
/// What is handed over (subscribe, unsubscribe, publish, flush) is done in that order. No
/// connection hears what it published itself. Handlers are called in the order of arrival, one
/// after the other, on a thread of the link; who is slow there holds up all that comes behind.
class Link {
 public:
  struct Message {
    std::string_view subject;
    std::string_view reply;      ///< where to answer; empty: nowhere
    std::string_view data;       ///< all of it is valid during the call alone
    bool no_responders = false;  ///< the server says: nobody listens where this was asked
  };
  /// Must return soon.
  using Handler = std::function<void(const Message&)>;
  using HandlerPtr = std::shared_ptr<const Handler>;
  using Payload = std::shared_ptr<const std::string>;
  /// Names a subscription; never 0.
  using Ticket = std::uint64_t;

  /// Any thread; counted since the start.
  struct Stats {
    std::uint64_t messages_in = 0;
    std::uint64_t messages_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t dropped_out = 0;  ///< not sent: no connection, or too much waits to be
    std::uint64_t reconnects = 0;   ///< connections after the first
    std::size_t subscriptions = 0;  ///< now
    std::size_t queued_bytes = 0;   ///< now: waits to be sent
  };

  virtual ~Link() = default;

  /// Calls `lost` on some thread whenever messages for this process may have been lost. Before
  /// Start.
  virtual void OnLoss(UniqueFunction<void()> lost) = 0;
  /// Connects, in the background, for as long as it takes. Idempotent.
  virtual void Start() = 0;
  /// Ends the connection; what was published before is sent if there is one. No handler is called
  /// once it has returned. Idempotent; not on a shard, nor from a handler.
  virtual void Close() = 0;

  /// OK while connected; else kUnavailable and why, for the operator. Any thread.
  virtual Status status() const = 0;

  /// Any thread. `subject` may end in a wildcard.
  virtual Ticket Subscribe(std::string subject, HandlerPtr handler) = 0;
  /// Any thread; the handler may still be called for a moment.
  virtual void Unsubscribe(Ticket ticket) = 0;

  /// Any thread. Answers whether it is taken over to be sent (at most once): not without a
  /// connection, nor when too much waits already.
  virtual bool Publish(std::string subject, std::string reply, Payload data) = 0;
  /// The same to `prefix` with the id of each of these people behind it.
  virtual bool PublishToEach(std::string prefix, Recipients users, Payload data) = 0;

  /// Calls `done` on some thread once the server has seen to what was handed over before; soon, and
  /// with kUnavailable, if that cannot be said.
  virtual void Flush(UniqueFunction<void(Status)> done) = 0;

  virtual Stats stats() const = 0;
};

}  // namespace parley::bus
