#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "chat/command_load.h"
#include "model/conversation.h"
#include "model/entry.h"
#include "model/user.h"

namespace parley::chat {

// What one can ask of a conversation. Form and size are checked before (wire/requests.h); whether
// it is allowed is decided by the actor alone, against the state with every earlier command
// applied.

/// Makes the conversation with its founders. One that exists already is answered as it is.
struct CreateCommand {
  ConversationInfo info;
  std::vector<User> founders;  ///< the creator first
};

struct SendCommand {
  ClientId client_id;
  std::string text;
  std::vector<MediaId> media;
  std::optional<Seq> reply_to;
};

struct UpdateCommand {
  std::optional<std::string> title;
  std::optional<HistoryPolicy> history;
};

struct AddMembersCommand {
  std::vector<User> users;
};

struct RemoveMemberCommand {
  UserId user;
};

struct SetRoleCommand {
  UserId user;
  Role role = Role::kMember;
};

/// When a MarkCommand is answered.
enum class MarkAnswer {
  kWhenTaken,    ///< as soon as it counts here; it is written soon
  kWhenWritten,  ///< once a new process would find it
};

/// Moves one's own positions; 0 leaves one where it is.
struct MarkCommand {
  Seq read;
  Seq delivered;
  MarkAnswer answer = MarkAnswer::kWhenWritten;
};

/// One of the caller's devices says that they type there, or do so no longer. Momentary: the others
/// are told at once, whatever is being committed.
struct TypingCommand {
  std::uint64_t device = 0;  ///< tells the connections of one person apart
  bool active = false;
};

using CommandBody = std::variant<CreateCommand, SendCommand, UpdateCommand, AddMembersCommand,
                                 RemoveMemberCommand, SetRoleCommand, MarkCommand, TypingCommand>;

struct CommandAnswer {
  /// What the command made; null where it changed nothing. Of a repeated send: the message that the
  /// first made.
  std::shared_ptr<const Entry> entry;
  /// The conversation or message was there already.
  bool existed = false;
};

/// Called once, on the shard of the conversation.
using CommandDone = UniqueFunction<void(Result<CommandAnswer>)>;

struct Command {
  UserId caller;
  CommandBody body;
  CommandDone done;
  int runs = 0;  ///< how often it was run again because the log turned out to be another
  bool may_be_done = false;  ///< another node was given it, and did not answer
  CommandLoad::Ticket ticket = {};
  /// What an earlier run made of it, where it is not known whether that was written.
  std::shared_ptr<const Entry> made = nullptr;
};

}  // namespace parley::chat
