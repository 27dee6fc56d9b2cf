#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "chat/commands.h"
#include "chat/conversation_state.h"
#include "model/limits.h"

namespace parley::chat {

using EntryBody = decltype(Entry::body);

/// What a command comes to: the body of the entry that it makes, or nothing where it changes
/// nothing.
using Decision = std::optional<EntryBody>;

// Who may do what, and what follows: pure functions of the state and the command. Whoever is no
// member gets kNotFound, like for a conversation that does not exist.

Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const UpdateCommand& command);
Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const AddMembersCommand& command, const Limits& limits);
Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const RemoveMemberCommand& command);
Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const SetRoleCommand& command);

/// The creation. The creator of a group is its admin.
ConversationBody Creation(const CreateCommand& command);

/// The caller's place, or kNotFound.
Result<const Member*> RequireMember(const ConversationState& state, UserId caller);

/// The members whom "@username" in the text names, each once, in order.
std::vector<UserId> FindMentions(std::string_view text, const ConversationState& state);

/// The start of a text, at most kExcerptChars code points.
std::string_view Excerpt(std::string_view text);

}  // namespace parley::chat
