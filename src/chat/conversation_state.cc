#include "chat/conversation_state.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "chat/client_id_time.h"

namespace parley::chat {

Member JoinedBy(const Entry& entry, UserId user, Role role, HistoryPolicy history) {
  Member member;
  member.user = user;
  member.role = role;
  member.joined_at = entry.at;
  member.joined_seq = entry.seq;
  const bool sees_all = entry.seq == Seq(1) || history == HistoryPolicy::kAll;
  member.first_seq = sees_all ? Seq(1) : entry.seq;
  // An entry that adds people is no message: n counts those before it.
  member.first_n = sees_all ? 0 : entry.n;
  return member;
}

ConversationState::ConversationState(const ConversationSnapshot& snapshot,
                                     std::span<const User> users)
    : info_(snapshot.info), head_(snapshot.head) {
  for (const Member& member : *snapshot.members) {
    Add(member, users);
  }
  MembersChanged();
}

const Member* ConversationState::Find(UserId user) const {
  const auto it = members_.find(user);
  return it == members_.end() ? nullptr : &it->second.member;
}

std::optional<UserId> ConversationState::LongestStanding(UserId except) const {
  const Member* longest = nullptr;
  for (const auto& [user, place] : members_) {
    if (user == except) continue;
    const Member& member = place.member;
    if (longest == nullptr ||
        std::tie(member.joined_seq, member.user) < std::tie(longest->joined_seq, longest->user)) {
      longest = &member;
    }
  }
  return longest == nullptr ? std::nullopt : std::optional<UserId>(longest->user);
}

std::optional<UserId> ConversationState::FindByName(std::string_view username) const {
  const auto it = by_name_.find(std::string(username));
  return it == by_name_.end() ? std::nullopt : std::optional<UserId>(it->second);
}

void ConversationState::Apply(const Entry& entry, std::span<const User> added) {
  assert(entry.seq == head_.seq.Next());
  if (const auto* body = std::get_if<ConversationBody>(&entry.body)) {
    ApplyBody(entry, *body, added);
  } else if (const auto* members = std::get_if<MembersBody>(&entry.body)) {
    ApplyBody(entry, *members, added);
  } else {
    head_.last_message = entry.seq;
  }
  if (!exists()) head_.client_ids_until = TimePoint();  // of none
  if (head_.client_ids_until && entry.is_message()) {
    const std::optional<TimePoint> made = CountedTime(entry.message().client_id, entry.at);
    if (made) head_.client_ids_until = std::max(*head_.client_ids_until, *made);
  }
  head_.seq = entry.seq;
  head_.n = entry.n;
  head_.changed_at = entry.at;
  if (entry.is_message() || entry.seq == Seq(1)) head_.last_message_at = entry.at;
}

void ConversationState::ApplyBody(const Entry& entry, const ConversationBody& body,
                                  std::span<const User> added) {
  if (body.created) {
    info_.id = entry.conversation;
    info_.kind = body.kind;
    info_.created_by = entry.actor;
    info_.created_at = entry.at;
    for (const RoleChange& founder : body.founders) {
      Add(JoinedBy(entry, founder.user, founder.role, info_.history), added);
    }
    MembersChanged();
  }
  if (body.title) info_.title = *body.title;
  if (body.photo) info_.photo = body.photo;
  if (body.history) info_.history = *body.history;
}

void ConversationState::ApplyBody(const Entry& entry, const MembersBody& body,
                                  std::span<const User> added) {
  for (const UserId& user : body.removed) {
    const auto it = members_.find(user);
    if (it == members_.end()) continue;
    if (it->second.member.role == Role::kAdmin) --admins_;
    by_name_.erase(it->second.username);
    members_.erase(it);
  }
  for (const UserId& user : body.added) {
    Add(JoinedBy(entry, user, Role::kMember, info_.history), added);
  }
  for (const RoleChange& change : body.roles) {
    const auto it = members_.find(change.user);
    if (it == members_.end()) continue;
    Role& role = it->second.member.role;
    if (role == Role::kAdmin) --admins_;
    if (change.role == Role::kAdmin) ++admins_;
    role = change.role;
  }
  MembersChanged();
}

void ConversationState::Add(const Member& member, std::span<const User> users) {
  const auto user = std::find_if(users.begin(), users.end(),
                                 [&](const User& each) { return each.id == member.user; });
  std::string username = user == users.end() ? std::string() : user->username;
  if (const auto before = members_.find(member.user); before != members_.end()) {
    // An effect that was there already, applied once more.
    if (before->second.member.role == Role::kAdmin) --admins_;
    if (username.empty()) username = before->second.username;
  }
  if (!username.empty()) by_name_[username] = member.user;
  if (member.role == Role::kAdmin) ++admins_;
  members_[member.user] = Place{member, std::move(username)};
}

void ConversationState::MembersChanged() {
  auto list = std::make_shared<std::vector<UserId>>();
  list->reserve(members_.size());
  visible_to_all_ = Seq(1);
  for (const auto& [user, place] : members_) {
    list->push_back(user);
    visible_to_all_ = std::max(visible_to_all_, place.member.first_seq);
  }
  list_ = std::move(list);
}

}  // namespace parley::chat
