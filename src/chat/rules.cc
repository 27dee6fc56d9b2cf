#include "chat/rules.h"

#include <algorithm>
#include <string>

#include <fmt/core.h>

namespace parley::chat {
namespace {

Status NoSuchConversation() { return NotFound("no such conversation"); }

/// Members of a group; whoever is in a direct conversation learns that it has no such settings.
Result<const Member*> RequireGroup(const ConversationState& state, UserId caller,
                                   std::string_view what) {
  PARLEY_ASSIGN(const Member* member, RequireMember(state, caller));
  if (state.info().kind == ConversationKind::kDirect) {
    return Conflict(fmt::format("a direct conversation cannot be {}", what));
  }
  return member;
}

Result<const Member*> RequireAdmin(const ConversationState& state, UserId caller,
                                   std::string_view what) {
  PARLEY_ASSIGN(const Member* member, RequireGroup(state, caller, what));
  if (member->role != Role::kAdmin) {
    return PermissionDenied("only admins of the group may do this");
  }
  return member;
}

bool IsNameLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// The longest member's name that `candidate` starts with, when only punctuation follows: "ann."
/// and "ann..." at the end of a sentence name ann.
std::optional<UserId> MatchName(std::string candidate, const ConversationState& state) {
  while (candidate.size() >= Limits::kUsernameMinChars) {
    if (candidate.size() <= Limits::kUsernameMaxChars) {
      if (const std::optional<UserId> user = state.FindByName(candidate)) return user;
    }
    if (candidate.back() != '.' && candidate.back() != '-') return std::nullopt;
    candidate.pop_back();
  }
  return std::nullopt;
}

}  // namespace

Result<const Member*> RequireMember(const ConversationState& state, UserId caller) {
  const Member* member = state.Find(caller);
  if (member == nullptr) return NoSuchConversation();
  return member;
}

ConversationBody Creation(const CreateCommand& command) {
  const bool group = command.info.kind == ConversationKind::kGroup;
  ConversationBody body;
  body.created = true;
  body.kind = command.info.kind;
  if (!command.info.title.empty()) body.title = command.info.title;
  body.history = command.info.history;
  for (const User& user : command.founders) {
    const bool creator = user.id == command.info.created_by;
    body.founders.push_back({user.id, group && creator ? Role::kAdmin : Role::kMember});
  }
  return body;
}

Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const UpdateCommand& command) {
  PARLEY_ASSIGN([[maybe_unused]] const Member* admin, RequireAdmin(state, caller, "changed"));
  ConversationBody body;
  if (command.title && *command.title != state.info().title) body.title = command.title;
  if (command.history && *command.history != state.info().history) body.history = command.history;
  if (!body.title && !body.history) return Decision();
  return Decision(std::move(body));
}

Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const AddMembersCommand& command, const Limits& limits) {
  PARLEY_ASSIGN([[maybe_unused]] const Member* admin, RequireAdmin(state, caller, "added to"));
  MembersBody body;
  for (const User& user : command.users) {
    const bool named = std::find(body.added.begin(), body.added.end(), user.id) != body.added.end();
    if (!named && state.Find(user.id) == nullptr) body.added.push_back(user.id);
  }
  if (body.added.empty()) return Decision();
  if (state.member_count() + body.added.size() > limits.group_members) {
    return Conflict(fmt::format("a group has at most {} members", limits.group_members));
  }
  return Decision(std::move(body));
}

Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const RemoveMemberCommand& command) {
  PARLEY_ASSIGN(const Member* member, RequireGroup(state, caller, "left"));
  if (command.user != caller && member->role != Role::kAdmin) {
    return PermissionDenied("only admins of the group may remove others");
  }
  const Member* leaver = state.Find(command.user);
  if (leaver == nullptr) return NotFound("no such member");
  MembersBody body;
  body.removed.push_back(command.user);
  if (leaver->role == Role::kAdmin && state.admin_count() == 1) {
    if (const std::optional<UserId> heir = state.LongestStanding(command.user)) {
      body.roles.push_back({*heir, Role::kAdmin});
    }
  }
  return Decision(std::move(body));
}

Result<Decision> Decide(const ConversationState& state, UserId caller,
                        const SetRoleCommand& command) {
  PARLEY_ASSIGN([[maybe_unused]] const Member* admin, RequireAdmin(state, caller, "given roles"));
  const Member* target = state.Find(command.user);
  if (target == nullptr) return NotFound("no such member");
  if (target->role == command.role) return Decision();
  if (target->role == Role::kAdmin && state.admin_count() == 1) {
    return Conflict("a group needs an admin: make somebody else one first");
  }
  MembersBody body;
  body.roles.push_back({command.user, command.role});
  return Decision(std::move(body));
}

std::vector<UserId> FindMentions(std::string_view text, const ConversationState& state) {
  std::vector<UserId> mentions;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    // "ann@example.org" mentions nobody.
    if (at > 0 && IsNameLetter(text[at - 1])) continue;
    std::size_t end = at + 1;
    while (end < text.size() && IsNameLetter(text[end])) ++end;
    const std::optional<UserId> user =
        MatchName(LowerCase(text.substr(at + 1, end - at - 1)), state);
    if (user && std::find(mentions.begin(), mentions.end(), *user) == mentions.end()) {
      mentions.push_back(*user);
    }
  }
  return mentions;
}

std::string_view Excerpt(std::string_view text) {
  std::size_t chars = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_char = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts_char && ++chars > kExcerptChars) return text.substr(0, i);
  }
  return text;
}

}  // namespace parley::chat
