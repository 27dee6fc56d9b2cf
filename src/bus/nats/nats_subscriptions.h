#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include <nats/nats.h>

#include "bus/nats/link.h"

namespace parley::bus {

/// What libnats' threads call for the subscriptions of a link, and what came that way. Outlives the
/// link for as long as they call.
struct Inbound {
  std::atomic<std::uint64_t> messages{0};
  std::atomic<std::uint64_t> bytes{0};
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t live = 0;  ///< subscriptions of libnats that may still call; guarded by mutex
};

/// The subscriptions of one connection of libnats. Belongs to the thread that sends.
class NatsSubscriptions {
 public:
  NatsSubscriptions() = default;
  ~NatsSubscriptions();
  NatsSubscriptions(const NatsSubscriptions&) = delete;
  NatsSubscriptions& operator=(const NatsSubscriptions&) = delete;

  /// Subscribes, unless that is done already. Nothing where the connection is closed: all are to be
  /// added anew to the next one.
  void Add(natsConnection* connection, Link::Ticket ticket, const std::string& subject,
           const Link::HandlerPtr& handler, PendingLimits limits);
  void Remove(Link::Ticket ticket);
  /// After the connection was closed: waits until no handler is called any more, for so long.
  void RemoveAll(std::chrono::milliseconds wait);

  const Inbound& inbound() const { return *inbound_; }

 private:
  std::map<Link::Ticket, natsSubscription*> live_;
  std::shared_ptr<Inbound> inbound_ = std::make_shared<Inbound>();
};

}  // namespace parley::bus
