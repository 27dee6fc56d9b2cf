#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/entry.h"
#include "model/ids.h"
#include "model/kinds.h"

namespace parley {

/// What a conversation is, apart from who is in it and what was said. Changes with the log.
struct ConversationInfo {
  ConversationId id;
  ConversationKind kind = ConversationKind::kGroup;
  std::string title;  ///< empty: none; clients then name the members
  std::optional<MediaId> photo;
  UserId created_by;
  TimePoint created_at;
  HistoryPolicy history = HistoryPolicy::kJoined;

  bool operator==(const ConversationInfo&) const = default;
};

/// The end of a conversation's log.
struct Head {
  Seq seq;                    ///< of the last entry; 0: the conversation does not exist
  std::uint64_t n = 0;        ///< messages so far
  Seq last_message;           ///< seq of the newest message, 0 if none
  TimePoint last_message_at;  ///< of the newest message, or of the creation where there is none
  TimePoint changed_at;       ///< when the last entry was written
  /// No client_id of the log was made later than this (chat/client_id_time.h). Nothing: not known.
  std::optional<TimePoint> client_ids_until = std::nullopt;

  bool operator==(const Head&) const = default;
};

/// A person's place in a conversation, as the log orders it.
struct Member {
  UserId user;
  Role role = Role::kMember;
  TimePoint joined_at;
  Seq joined_seq;             ///< the entry that added them
  Seq first_seq;              ///< the first entry that they may see
  std::uint64_t first_n = 0;  ///< messages before first_seq: they never count as unread

  bool operator==(const Member&) const = default;
};

/// How far a person has come in a conversation. Merged: every field only ever rises.
struct Position {
  Seq read;
  std::uint64_t read_n = 0;  ///< messages up to and with `read`
  Seq delivered;

  /// Takes the higher of both; says whether anything rose.
  bool MergeFrom(const Position& other);
  bool operator==(const Position&) const = default;
};

/// A conversation from one member's side: a row of their inbox.
struct Membership {
  ConversationId conversation;
  Member member;
  Position position;
  TimePoint changed_at;  ///< when role or position were last written

  bool operator==(const Membership&) const = default;
};

/// A conversation at one moment, true at head.seq. Immutable; shared between threads.
struct ConversationSnapshot {
  ConversationInfo info;
  Head head;
  std::shared_ptr<const std::vector<Member>> members;  ///< by joined_seq, then user id
  std::shared_ptr<const Entry> last_message;           ///< null where there is none
};

}  // namespace parley
