#pragma once

#include <memory>
#include <vector>

#include "bus/event.h"
#include "chat/conversation_state.h"
#include "storage/conversation_store.h"

namespace parley::chat {

/// An entry on its way to the log, with all that follows once it is there.
struct StagedEntry {
  std::shared_ptr<const Entry> entry;
  storage::Effects effects;
  Head head;  ///< with this entry

  // Whom to tell, in this order.
  UserList newcomers;   ///< get the conversation, before the change
  UserList recipients;  ///< get the change
  UserList leavers;     ///< get `left`, after it
  UserList audience;    ///< hear of the head from here on
  std::shared_ptr<const bus::Event> change;
};

/// Who knows of the conversation: its members, but of an empty direct one only its creator.
UserList AudienceOf(const ConversationState& state);

/// Finds what follows from `entry`, the next one of `state`, and applies it there. `added` are the
/// profiles of those whom it adds.
std::unique_ptr<StagedEntry> Stage(Entry entry, std::vector<User> added,
                                   const Fingerprint& fingerprint, ConversationState& state);

}  // namespace parley::chat
