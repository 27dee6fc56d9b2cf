#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "model/ids.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::chat {

/// Somebody whom the asking person may know.
struct Acquaintance {
  UserId user;
  /// A conversation that both are in, or were when this was found: looked at first the next time.
  ConversationId shared;
};

/// Who shares a conversation with whom, read from the store's caches. A direct conversation counts
/// once something was said in it: before, only its creator knows of it, and anybody may create one
/// with anybody. Any shard; who is in many conversations is looked at in pieces, between which the
/// shard does other things.
class Acquaintances {
 public:
  /// People of one publication, at most.
  static constexpr std::size_t kPiece = 1'000;
  /// People whom one person's news are told, at most: whoever has more has them told to these.
  static constexpr std::size_t kMaxTold = 50'000;

  explicit Acquaintances(storage::Store& store) : store_(&store) {}

  /// Those of these people who share a conversation with `caller` now, in no order. Whoever does
  /// not exist shares none.
  runtime::Task<Result<std::vector<Acquaintance>>> Among(UserId caller,
                                                         std::vector<Acquaintance> people) const;

  /// Hands over, in pieces, everybody who shares a conversation of at most `max_members` members
  /// with `user`, and `user`: each once.
  runtime::Task<Status> ForEach(UserId user, std::size_t max_members,
                                std::function<void(bus::Recipients)> take) const;

 private:
  storage::Store* store_;
};

}  // namespace parley::chat
