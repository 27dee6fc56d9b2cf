#pragma once

#include <vector>

#include "base/result.h"
#include "model/views.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::chat {

/// A conversation of which somebody is a member, and their membership.
struct OwnConversation {
  storage::SnapshotPtr snapshot;
  Membership own;
};

/// Puts together what one member is shown of conversations, from the store's caches. Any shard.
class ViewBuilder {
 public:
  explicit ViewBuilder(storage::Store& store) : store_(store) {}

  runtime::Task<Result<ConversationView>> Conversation(storage::SnapshotPtr snapshot,
                                                       Membership own);
  /// The same of several, in their order: profiles are asked for once for all.
  runtime::Task<Result<std::vector<ConversationView>>> Conversations(
      std::vector<OwnConversation> conversations);
  /// These members, with profiles and positions, in the same order.
  runtime::Task<Result<std::vector<MemberView>>> Members(ConversationId conversation,
                                                         std::vector<Member> members);
  /// Each entry with the profiles that it is shown with.
  runtime::Task<Result<std::vector<ChangeView>>> Changes(std::vector<storage::EntryPtr> entries,
                                                         Seq visible_from);

 private:
  storage::Store& store_;
};

/// Whether the conversation is in the member's list: an empty direct one is its creator's alone.
bool IsListed(const ConversationSnapshot& snapshot, UserId member);

/// Whether that stay of the member had not ended by the snapshot. Memberships and snapshots are
/// read one after the other: where somebody was removed in between, what came after it is not
/// theirs to see.
bool IsStillIn(const ConversationSnapshot& snapshot, const Member& member);

}  // namespace parley::chat
