#pragma once

#include <memory>
#include <vector>

#include "auth/keyed_hash.h"
#include "base/result.h"
#include "chat/conversation_state.h"
#include "chat/member_changes.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::chat {

/// A conversation as a store has it, with everything that follows from its log.
struct StoredConversation {
  /// As of the head that was read; does not exist where there is no such conversation.
  ConversationState state;
  /// Effects were missing: whoever wrote the last entries may have died before telling of them.
  bool finished = false;
  /// Who came and who went in those entries.
  MemberChanges changes;
};

/// Whether somebody may have died between entries and what follows from them.
enum class EffectsAre {
  kInTheSameWrite,  ///< never: spares a read
  kFollowing,       ///< then they are found from the entries, and applied before anything else
};

/// Reads a conversation as it is now (linearizable), and finishes the effects of entries that
/// were committed by somebody who did not come to them: all are found from the entries alone, so
/// that any node can, and applying them again, or while somebody else does, changes nothing
/// (docs/architecture.md, "Many nodes"). `store` must outlive the task.
runtime::Task<Result<StoredConversation>> LoadConversation(storage::Store* store,
                                                           ConversationId conversation,
                                                           auth::Fingerprinter fingerprinter,
                                                           EffectsAre effects);

/// The members of the state, in no order.
std::vector<Member> MembersOf(const ConversationState& state);

}  // namespace parley::chat
