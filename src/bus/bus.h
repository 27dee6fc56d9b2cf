#pragma once

#include <memory>
#include <vector>

#include "bus/event.h"

namespace parley::bus {

using EventPtr = std::shared_ptr<const Event>;
using Recipients = std::shared_ptr<const std::vector<UserId>>;

/// Where the events of the people it subscribed to arrive. Called on the shard that subscribed.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  /// Must not end a subscription.
  virtual void OnEvent(const EventPtr& event) = 0;
};

/// Ends when it is destroyed, on the shard that made it; no event arrives after.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

/// Carries events from where they happen to where their people are connected.
///
/// Delivery is at most once: an event may be lost (not by the local bus), and the seq of the next
/// one shows it. The events that one shard publishes reach each subscriber in the order of
/// publishing. Every implementation passes the suite in bus/testing.
class Bus {
 public:
  virtual ~Bus() = default;

  /// Must be called on a shard; `subscriber` must outlive the subscription. Events published after
  /// the return arrive.
  virtual std::unique_ptr<Subscription> Subscribe(UserId user, Subscriber& subscriber) = 0;

  /// Hands the event to every subscriber of each recipient. Must be called on a shard; never calls
  /// a subscriber from within.
  virtual void Publish(EventPtr event, Recipients recipients) = 0;
};

}  // namespace parley::bus
