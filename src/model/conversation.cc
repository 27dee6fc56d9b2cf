#include "model/conversation.h"

#include <algorithm>

#include "model/entry.h"

namespace parley {

EntryKind Entry::kind() const {
  if (is_message()) return EntryKind::kMessage;
  return std::holds_alternative<ConversationBody>(body) ? EntryKind::kConversation
                                                        : EntryKind::kMembers;
}

bool Position::MergeFrom(const Position& other) {
  const Position before = *this;
  read = std::max(read, other.read);
  read_n = std::max(read_n, other.read_n);
  delivered = std::max(delivered, other.delivered);
  return *this != before;
}

}  // namespace parley
