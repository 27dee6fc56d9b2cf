#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "chat/chat_service.h"
#include "chat/view_builder.h"
#include "model/views.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::chat {

/// Reads logs for those who may see them: the caller has checked that, and gives the membership on
/// which it rests. Any shard.
class History {
 public:
  /// Where other nodes write to the store too (effects follow then), what is kept of a conversation
  /// may be a little behind: who asks for what lies beyond it is answered from the store itself.
  History(storage::Store& store, ViewBuilder& views, EffectsAre effects)
      : store_(store), views_(views), others_write_(effects == EffectsAre::kFollowing) {}

  runtime::Task<Result<MessagePage>> Messages(Membership own, MessageRange range);
  runtime::Task<Result<ChangePage>> Changes(Membership own, Seq after, std::size_t limit);
  /// At least one change behind `after` if there is one up to `last`; at most about `max_bytes`.
  runtime::Task<Result<std::vector<ChangeView>>> Run(ConversationId conversation, Seq after,
                                                     Seq last, Seq visible_from,
                                                     std::size_t max_bytes);

  /// The change behind `after` and up to `last` by which the user went, who was a member up to
  /// there; kNotFound if there is none.
  runtime::Task<Result<Seq>> EndOfStay(UserId user, ConversationId conversation, Seq after,
                                       Seq last);

 private:
  /// The conversation for somebody who asks for what is at or behind `reached`.
  runtime::Task<Result<storage::SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                           std::optional<Seq> reached);
  // Messages of a range, of those that the member may see.
  runtime::Task<Result<std::vector<storage::EntryPtr>>> Slice(Membership own, MessageRange range,
                                                              Head head);
  runtime::Task<Result<std::vector<storage::EntryPtr>>> After(Membership own, Seq seq,
                                                              std::size_t limit);
  runtime::Task<Result<std::vector<storage::EntryPtr>>> Before(Membership own, Seq seq,
                                                               std::size_t limit);
  runtime::Task<Result<std::vector<storage::EntryPtr>>> Around(Membership own, Seq seq,
                                                               std::size_t limit);

  storage::Store& store_;
  ViewBuilder& views_;
  const bool others_write_;
};

}  // namespace parley::chat
