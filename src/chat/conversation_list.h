#pragma once

#include <optional>
#include <vector>

#include "chat/list_position.h"
#include "chat/view_builder.h"
#include "model/conversation.h"
#include "storage/conversation_store.h"

namespace parley::chat {

/// A person's conversations, the one with the latest message first: gives them out one after the
/// other, from a place of the list on. What is not given out costs a comparison or two, whatever
/// the order. Pure.
class ConversationList {
 public:
  /// `snapshots`: of the memberships, in their order, where there is one. Only what comes behind
  /// `after` in the list is given out.
  ConversationList(UserId person, std::vector<Membership> memberships,
                   std::vector<storage::SnapshotPtr> snapshots, std::optional<ListPosition> after);

  ConversationList(const ConversationList&) = delete;
  ConversationList& operator=(const ConversationList&) = delete;

  /// Whether none is left.
  bool AtEnd();
  /// The next one, which there must be.
  OwnConversation Next();

  /// Where it stands: by the time of its last message, and where that is the same by the id of
  /// that message; ids sort as they were made.
  static ListPosition PlaceOf(const ConversationSnapshot& snapshot);

 private:
  struct Candidate {
    std::int64_t last_message_ms;
    const storage::SnapshotPtr* snapshot;
    const Membership* own;
  };
  static bool IsLower(const Candidate& one, const Candidate& other);
  void Pop();

  std::vector<Membership> memberships_;
  std::vector<storage::SnapshotPtr> snapshots_;
  std::vector<Candidate> heap_;  // the highest first
};

}  // namespace parley::chat
