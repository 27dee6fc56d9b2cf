#include "client/cli/resolve.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace parley::client::cli {
namespace {

constexpr std::size_t kMinIdPrefix = 4;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

using Test = std::function<bool(const Conversation&)>;

std::vector<const Conversation*> Matching(const std::vector<Conversation>& all, const Test& test) {
  std::vector<const Conversation*> found;
  for (const Conversation& conversation : all) {
    if (test(conversation)) found.push_back(&conversation);
  }
  return found;
}

Status Ambiguous(std::string_view text, const std::vector<const Conversation*>& found) {
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const Conversation* conversation : found) ids.push_back(conversation->id.ToString());
  return Conflict(fmt::format("\"{}\" fits {} conversations; give the id: {}", text, found.size(),
                              fmt::join(ids, ", ")));
}

Result<Conversation> ResolveDirect(Api& api, std::string_view username, IfMissing if_missing) {
  if (if_missing == IfMissing::kCreateDirect) {
    PARLEY_ASSIGN(const User user, ResolveUser(api, username));
    return api.CreateDirect(user.id);
  }
  PARLEY_ASSIGN(std::vector<Conversation> all, api.Conversations());
  const std::string wanted = LowerCase(username);
  for (Conversation& conversation : all) {
    const bool with_them =
        std::any_of(conversation.members.begin(), conversation.members.end(),
                    [&](const Member& member) { return member.user.username == wanted; });
    if (conversation.kind == ConversationKind::kDirect && with_them) return std::move(conversation);
  }
  return NotFound(fmt::format("there is no conversation with \"{}\" yet: run parley new {}",
                              username, username));
}

}  // namespace

Result<Conversation> PickConversation(const std::vector<Conversation>& conversations,
                                      std::string_view text) {
  auto found =
      Matching(conversations, [&](const Conversation& each) { return each.title == text; });
  if (found.empty() && text.size() >= kMinIdPrefix) {
    const std::string prefix = LowerCase(text);
    found = Matching(conversations, [&](const Conversation& each) {
      return each.id.ToString().starts_with(prefix);
    });
  }
  if (found.empty()) {
    return NotFound(fmt::format("no conversation is called \"{}\": parley list shows them", text));
  }
  if (found.size() > 1) return Ambiguous(text, found);
  return *found.front();
}

Result<Conversation> ResolveConversation(Api& api, std::string_view text, IfMissing if_missing) {
  if (text.starts_with('@')) return ResolveDirect(api, text.substr(1), if_missing);
  if (const auto id = ConversationId::Parse(text)) return api.GetConversation(*id);
  if (text.empty()) return InvalidArgument("which conversation? parley list shows them");
  PARLEY_ASSIGN(const std::vector<Conversation> all, api.Conversations());
  return PickConversation(all, text);
}

Result<User> ResolveUser(Api& api, std::string_view name) {
  if (name.starts_with('@')) name.remove_prefix(1);
  return api.FindUser(name);
}

Result<std::vector<UserId>> ResolveUsers(Api& api, const std::vector<std::string>& names) {
  std::vector<UserId> ids;
  for (const std::string& name : names) {
    PARLEY_ASSIGN(const User user, ResolveUser(api, name));
    ids.push_back(user.id);
  }
  return ids;
}

}  // namespace parley::client::cli
