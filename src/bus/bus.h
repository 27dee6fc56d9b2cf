#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "bus/event.h"
#include "runtime/task.h"

namespace parley::bus {

using EventPtr = std::shared_ptr<const Event>;
using Recipients = std::shared_ptr<const std::vector<UserId>>;

/// A conversation with more members than this is published once for all, not once for each of them
/// (docs/architecture.md).
inline constexpr std::size_t kLargeConversation = 64;

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
/// one shows it. What one shard publishes of one conversation reaches each subscriber in the order
/// of publishing. Every implementation passes the suite in bus/testing.
class Bus {
 public:
  virtual ~Bus() = default;

  /// Must be called on a shard; `subscriber` must outlive the subscription. Events published after
  /// the return arrive.
  virtual std::unique_ptr<Subscription> Subscribe(UserId user, Subscriber& subscriber) = 0;

  /// Follows what is published once for all members of a large conversation: whoever subscribes for
  /// a member does so for each of their large conversations, and stops when they leave it. What
  /// comes this way may come by the person's own subscription too (around the time when the
  /// conversation becomes large, or no longer is). Must be called on a shard; `subscriber` must
  /// outlive the subscription. A bus that knows every recipient's place need not use it.
  virtual std::unique_ptr<Subscription> Follow(ConversationId conversation,
                                               Subscriber& subscriber) = 0;

  /// Returns once what was subscribed to on this shard before reaches from every other process:
  /// who reads the heads after that misses nothing. Bounded: kUnavailable if it cannot be said.
  /// Await on a shard.
  virtual runtime::Task<Status> Settle() = 0;

  /// Hands the event to every subscriber of each recipient. Must be called on a shard; never calls
  /// a subscriber from within. Changes, heads and what is momentary go to more than
  /// kLargeConversation recipients as one publication to those who follow the conversation.
  virtual void Publish(EventPtr event, Recipients recipients) = 0;

  /// Calls `gap` on this shard, until the answer is destroyed, whenever events for this process may
  /// have been lost unseen: after the bus was away, or was too fast for us. Must be called on a
  /// shard.
  virtual std::unique_ptr<Subscription> OnGap(UniqueFunction<void()> gap) = 0;

  /// Whether events can be lost at all; if so, publishers repeat the head of each conversation.
  virtual bool MayLose() const = 0;
};

}  // namespace parley::bus
