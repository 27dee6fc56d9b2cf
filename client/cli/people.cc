#include "client/cli/people.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "client/cli/text.h"

namespace parley::client::cli {
namespace {

constexpr std::size_t kIdsPerRequest = 100;
/// Members whose names stand for a group without a title.
constexpr std::size_t kNamesInTitle = 3;
constexpr std::string_view kIndent = "\n    ";

std::string JoinNames(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "nobody" : names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string NamesOf(const std::vector<UserId>& ids, const Names& names) {
  std::vector<std::string> list;
  list.reserve(ids.size());
  for (const UserId id : ids) list.push_back(names.Of(id));
  return JoinNames(list);
}

std::string MembersLine(const Change& change, const Names& names) {
  std::vector<std::string> parts;
  const bool left_alone = change.removed == std::vector{change.actor_id};
  if (left_alone) {
    parts.emplace_back("left");
  } else if (!change.removed.empty()) {
    parts.push_back("removed " + NamesOf(change.removed, names));
  }
  if (!change.added.empty()) parts.push_back("added " + NamesOf(change.added, names));
  std::string line =
      parts.empty() ? ""
                    : fmt::format("{} {}", names.Of(change.actor_id), fmt::join(parts, " and "));
  for (const auto& [user, role] : change.roles) {
    line += fmt::format("{}{} is {} now", line.empty() ? "" : "; ", names.Of(user),
                        role == Role::kAdmin ? "an admin" : "a member");
  }
  return line;
}

}  // namespace

void Names::Learn(const User& user) {
  names_[user.id] = ForTerminalLine(user.username.empty() ? user.display_name : user.username);
}

void Names::Learn(const Conversation& conversation) {
  for (const Member& member : conversation.members) Learn(member.user);
}

std::string Names::Of(UserId id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? id.ToString().substr(0, 8) : found->second;
}

void People::Fetch(const std::vector<UserId>& ids) {
  std::vector<UserId> unknown;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(unknown),
               [this](UserId id) { return !names_.Know(id); });
  for (std::size_t from = 0; from < unknown.size(); from += kIdsPerRequest) {
    const auto begin = unknown.begin() + static_cast<std::ptrdiff_t>(from);
    const std::size_t count = std::min(kIdsPerRequest, unknown.size() - from);
    Result<std::vector<User>> users =
        api_.Users(std::vector<UserId>(begin, begin + static_cast<std::ptrdiff_t>(count)));
    // A name is not worth failing for.
    if (!users.ok()) return;
    for (const User& user : *users) Learn(user);
  }
}

std::string People::NameOf(UserId id) {
  Fetch({id});
  return names_.Of(id);
}

const Names& People::NamesFor(const Change& change) {
  for (const User& user : change.users) Learn(user);
  Fetch(PeopleOf(change));
  return names_;
}

std::vector<UserId> PeopleOf(const Change& change) {
  std::vector<UserId> ids = {change.actor_id};
  ids.insert(ids.end(), change.added.begin(), change.added.end());
  ids.insert(ids.end(), change.removed.begin(), change.removed.end());
  for (const auto& [user, role] : change.roles) ids.push_back(user);
  return ids;
}

std::string NameOfConversation(const Conversation& conversation, UserId self) {
  if (!conversation.title.empty()) return ForTerminalLine(conversation.title);
  std::vector<std::string> names;
  for (const Member& member : conversation.members) {
    if (member.user.id != self) names.push_back(ForTerminalLine(member.user.username));
  }
  if (conversation.kind == ConversationKind::kDirect && !names.empty()) return "@" + names.front();
  if (names.empty()) return "(only you)";
  const std::size_t shown = std::min(names.size(), kNamesInTitle);
  std::string text = fmt::format(
      "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  const std::uint64_t others = conversation.member_count > 0 ? conversation.member_count - 1 : 0;
  if (others > shown) text += fmt::format(" and {} more", others - shown);
  return text;
}

std::string SystemLine(const Change& change, const Names& names) {
  if (change.kind == "members") return MembersLine(change, names);
  if (change.kind != "conversation") return {};
  const std::string actor = names.Of(change.actor_id);
  if (change.created) return actor + " started the conversation";
  if (!change.title) return {};
  if (change.title->empty()) return actor + " removed the title";
  return fmt::format("{} named the group \"{}\"", actor, ForTerminalLine(*change.title));
}

std::string MessageText(const Message& message) {
  if (message.deleted) return "(deleted)";
  std::string out;
  for (const char c : ForTerminal(message.text)) {
    if (c == '\n') {
      out += kIndent;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace parley::client::cli
