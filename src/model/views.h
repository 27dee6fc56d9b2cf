#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/conversation.h"
#include "model/entry.h"
#include "model/user.h"

namespace parley {

// What one person is shown: the model put together for the wire (wire/encode.h).

/// A member as others see them.
struct MemberView {
  User user;
  Role role = Role::kMember;
  TimePoint joined_at;
  Position position;
};

/// A conversation as one member sees it; counts are true at snapshot->head.seq.
struct ConversationView {
  std::shared_ptr<const ConversationSnapshot> snapshot;
  Membership own;
  std::vector<MemberView> members;  ///< the first kMembersShown, longest-standing first
  std::size_t unread_count = 0;
  std::size_t mention_count = 0;
};
inline constexpr std::size_t kMembersShown = 20;

/// An entry with the profiles that it is shown with: of the people whom a members entry adds.
struct ChangeView {
  std::shared_ptr<const Entry> entry;
  std::vector<User> users;
  Seq visible_from;  ///< replies to earlier entries are shown without sender and excerpt
};

/// A page of messages, true for `last_seq`.
struct MessagePage {
  std::vector<std::shared_ptr<const Entry>> items;  ///< ascending
  bool has_more_before = false;
  bool has_more_after = false;
  Seq last_seq;
  Seq visible_from;
};

/// A run of changes without holes.
struct ChangePage {
  std::vector<ChangeView> items;
  Seq last_seq;
  bool reset = false;
};

}  // namespace parley
