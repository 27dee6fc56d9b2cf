#pragma once

#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include <absl/container/inlined_vector.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "bus/bus.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::bus {

/// The subscribers of one shard, by person, and what is being told to them. Belongs to the shard.
///
/// A large audience is told piece by piece, with the shard's other work in between: nobody waits
/// for a whole group of others, and what a piece has touched is still in the processor's caches
/// when its sockets are written to. From one round to the next of the same conversation it takes
/// `pace` for kPacedFor recipients, less for fewer: what comes meanwhile goes together, in one
/// write to each, and one conversation does not keep the shard busy. The events of one conversation
/// reach each subscriber in order.
class SubscriberTable {
 public:
  /// Subscribers of a large audience (over kLargeConversation) that are told before others have
  /// their turn.
  static constexpr std::size_t kPiece = 16;
  /// A round of more deliveries is spread over `pace`, in such steps.
  static constexpr std::size_t kAtOnce = 1'000;
  static constexpr std::chrono::milliseconds kTick{1};
  static constexpr std::size_t kPacedFor = 1'000;

  SubscriberTable(runtime::Shard& shard, std::chrono::milliseconds pace)
      : shard_(shard), pace_(pace) {}

  /// Answers whether it is the person's first one here.
  bool Add(UserId user, Subscriber* subscriber);
  /// Answers whether it was the person's last one here.
  bool Remove(UserId user, Subscriber* subscriber);

  /// Tells the event to everybody of `recipients` who is here, some perhaps later.
  void Deliver(const EventPtr& event, const Recipients& recipients);

 private:
  static constexpr std::size_t kForgetAt = 64;

  struct Waiting {
    EventPtr event;
    Recipients recipients;
  };
  /// Those of one conversation, where they are many. The first `together` of what waits go to the
  /// same recipients, of whom those before `next` know them; zero between two rounds.
  struct Audience {
    std::vector<Waiting> waiting;
    std::size_t together = 0;
    std::size_t next = 0;
    bool spread = false;  ///< this round takes its time
    std::chrono::steady_clock::time_point round_begun;
  };

  Audience& Make(ConversationId conversation);
  /// Runs for as long as something waits.
  runtime::Task<void> Tell(ConversationId conversation);
  std::chrono::milliseconds PauseBefore(const Audience& audience) const;
  std::chrono::microseconds PaceFor(std::size_t recipients) const;
  void TellPiece(Audience& audience);
  template <typename Visit>
  std::size_t ForEach(UserId user, Visit visit);

  runtime::Shard& shard_;
  const std::chrono::milliseconds pace_;
  // A person rarely has more than one device here.
  boost::unordered_flat_map<UserId, absl::InlinedVector<Subscriber*, 1>, std::hash<UserId>>
      subscribers_;
  std::unordered_map<ConversationId, Audience> audiences_;
  std::size_t forget_at_ = kForgetAt;
};

}  // namespace parley::bus
