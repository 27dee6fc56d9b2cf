#include "chat/member_changes.h"

#include <algorithm>

namespace parley::chat {

void MemberChanges::Add(const Entry& entry) {
  // The first entry of all: nobody came or went before.
  if (const auto* body = std::get_if<ConversationBody>(&entry.body)) {
    for (const RoleChange& founder : body->founders) arrived.push_back(founder.user);
  }
  const auto* members = std::get_if<MembersBody>(&entry.body);
  if (members == nullptr) return;
  for (const UserId& user : members->removed) {
    std::erase(arrived, user);
    departed.push_back({user, entry.seq});
  }
  for (const UserId& user : members->added) {
    std::erase_if(departed, [&](const Departure& each) { return each.user == user; });
    std::erase(arrived, user);
    arrived.push_back(user);
  }
}

void MemberChanges::Merge(const MemberChanges& other) {
  for (const Departure& departure : other.departed) {
    if (std::ranges::find(departed, departure) == departed.end()) departed.push_back(departure);
  }
  for (const UserId& user : other.arrived) {
    if (std::ranges::find(arrived, user) == arrived.end()) arrived.push_back(user);
  }
}

void MemberChanges::KeepWhatIsSo(const ConversationState& state) {
  std::erase_if(departed, [&](const Departure& each) { return state.Find(each.user) != nullptr; });
  std::erase_if(arrived, [&](const UserId& user) { return state.Find(user) == nullptr; });
}

}  // namespace parley::chat
