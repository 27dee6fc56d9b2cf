#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/kinds.h"

namespace parley {

/// What an entry of the log is. Stored: append only. Edit, Delete, Reaction and Pin have their
/// place here; nothing writes them yet.
enum class EntryKind : std::uint8_t {
  kMessage = 0,
  kConversation = 1,
  kMembers = 2,
  kEdit = 3,
  kDelete = 4,
  kReaction = 5,
  kPin = 6,
};

/// What a message answers: enough of the earlier one to show it without looking it up.
struct ReplyTo {
  Seq seq;
  UserId sender;
  std::string excerpt;  ///< the start of its text, at most kExcerptChars code points

  bool operator==(const ReplyTo&) const = default;
};
inline constexpr std::size_t kExcerptChars = 100;

/// A message as first sent.
struct MessageBody {
  MessageId id;
  ClientId client_id;
  std::string text;  ///< UTF-8; empty where the message is media alone
  std::vector<UserId> mentions;
  std::vector<MediaId> media;
  std::optional<ReplyTo> reply_to;

  bool operator==(const MessageBody&) const = default;
};

struct RoleChange {
  UserId user;
  Role role = Role::kMember;

  bool operator==(const RoleChange&) const = default;
};

/// The creation (seq 1, with kind and founders) or a change of what a conversation is. Fields
/// without a value did not change.
struct ConversationBody {
  bool created = false;
  ConversationKind kind = ConversationKind::kGroup;  ///< only where created
  std::vector<RoleChange> founders;                  ///< only where created
  std::optional<std::string> title;
  std::optional<MediaId> photo;
  std::optional<HistoryPolicy> history;

  bool operator==(const ConversationBody&) const = default;
};

/// People who came, went, or got another role. One entry may do all three (the last admin leaves
/// and another takes over).
struct MembersBody {
  std::vector<UserId> added;
  std::vector<UserId> removed;
  std::vector<RoleChange> roles;

  bool operator==(const MembersBody&) const = default;
};

/// One entry of a conversation's log. The log is the conversation; see docs/architecture.md.
struct Entry {
  ConversationId conversation;
  Seq seq;
  std::uint64_t n = 0;  ///< messages up to and with this entry
  TimePoint at;
  UserId actor;
  std::variant<MessageBody, ConversationBody, MembersBody> body;

  EntryKind kind() const;
  bool is_message() const { return std::holds_alternative<MessageBody>(body); }
  const MessageBody& message() const { return std::get<MessageBody>(body); }

  bool operator==(const Entry&) const = default;
};

/// A keyed hash of a send as it was first made; tells a retry from another message under the same
/// client_id.
using Fingerprint = std::array<std::uint8_t, 16>;

}  // namespace parley
