#pragma once

#include <vector>

#include "chat/conversation_state.h"
#include "model/entry.h"
#include "model/ids.h"

namespace parley::chat {

/// Somebody who is no longer a member, and the entry that removed them.
struct Departure {
  UserId user;
  Seq seq;

  bool operator==(const Departure&) const = default;
};

/// Who came and who went: those whom what is told to the conversation may not reach. Who went is
/// no recipient any more, and who came to a large conversation does not follow it yet.
struct MemberChanges {
  std::vector<Departure> departed;  ///< of those who did not come back
  std::vector<UserId> arrived;      ///< of those who did not leave again

  bool operator==(const MemberChanges&) const = default;
  bool empty() const { return departed.empty() && arrived.empty(); }

  /// Takes in whom the entry adds and removes; entries in their order.
  void Add(const Entry& entry);
  /// Takes in those of `other` that are not here.
  void Merge(const MemberChanges& other);
  /// Leaves out who is a member of the state though they departed, and who is none though they
  /// arrived.
  void KeepWhatIsSo(const ConversationState& state);
};

}  // namespace parley::chat
