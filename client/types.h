#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/kinds.h"

namespace parley::client {

class Json;

// What the server tells, as far as this library needs to understand it. Each keeps the server's own
// object in `json`, with every field that this version does not know. Names of missing strings are
// empty. The Parse functions answer kMalformed where what makes the object usable (ids, seqs) is
// absent.

struct User {
  UserId id;
  std::string username;
  std::string display_name;
  std::string json;
};
Result<User> ParseUser(const Json& json);

/// What a message answers to, as its sender saw it.
struct Quote {
  Seq seq;
  UserId sender_id;
  std::string excerpt;
};

struct Message {
  ConversationId conversation_id;  ///< nil in a deleted one
  Seq seq;
  ClientId client_id;  ///< nil in a deleted one
  UserId sender_id;
  TimePoint sent_at;
  std::string text;
  std::optional<Quote> reply_to;
  std::size_t media_count = 0;
  bool edited = false;
  bool deleted = false;
  std::string json;
};
Result<Message> ParseMessage(const Json& json);

struct Member {
  User user;
  Role role = Role::kMember;
  Seq read_seq;       ///< 0 in a conversation object, which does not say
  Seq delivered_seq;  ///< likewise
  std::string json;
};
Result<Member> ParseMember(const Json& json);

struct Conversation {
  ConversationId id;
  ConversationKind kind = ConversationKind::kGroup;
  std::string title;
  TimePoint created_at;
  std::vector<Member> members;  ///< the first 20
  std::uint64_t member_count = 0;
  Seq first_seq;
  Seq last_seq;
  Seq read_seq;
  Seq delivered_seq;
  std::uint64_t unread_count = 0;
  std::optional<Message> last_message;
  std::string json;
};
Result<Conversation> ParseConversation(const Json& json);

/// One entry of a conversation's log, as members get it.
struct Change {
  ConversationId conversation_id;
  Seq seq;
  TimePoint at;
  UserId actor_id;
  std::string kind;                            ///< "message", "members", …
  std::optional<Message> message;              ///< of "message"
  std::vector<UserId> added;                   ///< of "members"
  std::vector<UserId> removed;                 ///< of "members"
  std::vector<std::pair<UserId, Role>> roles;  ///< of "members"
  std::vector<User> users;                     ///< of "members": the profiles of those named
  std::optional<std::string> title;            ///< of "conversation"
  bool created = false;                        ///< of "conversation"
  Seq target_seq;                              ///< of "edit" and "delete"
  std::string text;                            ///< of "edit"
  std::string json;                            ///< without a frame's `type`
};
Result<Change> ParseChange(const Json& json);

/// A message as the change that it came as.
Change ChangeOf(const Message& message, ConversationId conversation);

}  // namespace parley::client
