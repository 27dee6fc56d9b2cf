#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include <absl/container/inlined_vector.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "bus/bus.h"
#include "runtime/shard.h"

namespace parley::bus {

/// The subscribers of one shard, by person, and what is being told to them. Belongs to the shard.
///
/// A large audience is told piece by piece, with the shard's other work in between: nobody waits
/// for a whole group of others, and what a piece has touched is still in the processor's caches
/// when its sockets are written to. The events of one conversation reach each subscriber in order.
class SubscriberTable {
 public:
  /// Subscribers that are told before others have their turn.
  static constexpr std::size_t kPiece = 64;

  explicit SubscriberTable(runtime::Shard& shard) : shard_(shard) {}

  void Add(UserId user, Subscriber* subscriber);
  void Remove(UserId user, Subscriber* subscriber);

  /// Tells the event to everybody of `recipients` who is here, some perhaps later.
  void Deliver(const EventPtr& event, const Recipients& recipients);

 private:
  struct Waiting {
    EventPtr event;
    Recipients recipients;
  };
  /// Of one conversation. The first `together` go to the same recipients, of whom those before
  /// `next` know them.
  struct Progress {
    std::vector<Waiting> waiting;
    std::size_t together = 0;
    std::size_t next = 0;
  };

  /// Tells the next piece.
  void Advance(ConversationId conversation);
  void TellPiece(Progress& progress);
  template <typename Tell>
  std::size_t ForEach(UserId user, Tell tell);

  runtime::Shard& shard_;
  // A person rarely has more than one device here.
  boost::unordered_flat_map<UserId, absl::InlinedVector<Subscriber*, 1>, std::hash<UserId>>
      subscribers_;
  std::unordered_map<ConversationId, Progress> in_progress_;
};

}  // namespace parley::bus
