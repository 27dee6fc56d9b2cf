#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "model/conversation.h"
#include "model/entry.h"
#include "model/user.h"

namespace parley::chat {

using UserList = std::shared_ptr<const std::vector<UserId>>;

/// What a conversation is after some entry of its log: who is in it, its head, its title. Pure; the
/// actor applies an entry here as soon as it is decided, so that the next command sees it
/// (docs/architecture.md, "staged").
class ConversationState {
 public:
  /// A conversation that does not exist yet.
  ConversationState() = default;
  /// As a store has it. `users` are the profiles of its members.
  ConversationState(const ConversationSnapshot& snapshot, std::span<const User> users);

  bool exists() const { return head_.seq != Seq(); }
  const ConversationInfo& info() const { return info_; }
  const Head& head() const { return head_; }

  const Member* Find(UserId user) const;
  std::size_t member_count() const { return members_.size(); }
  std::size_t admin_count() const { return admins_; }
  /// Who has been in it longest, apart from `except`; nothing if nobody else is.
  std::optional<UserId> LongestStanding(UserId except) const;
  /// Everybody, in no order. Shared: the same list until the members change.
  UserList members() const { return list_; }
  /// The seq from which on every member may see.
  Seq visible_to_all() const { return visible_to_all_; }
  /// The member of that (lower-case) name.
  std::optional<UserId> FindByName(std::string_view username) const;

  /// The entry must be the next one. `added` are the profiles of those whom it adds.
  void Apply(const Entry& entry, std::span<const User> added);

 private:
  struct Place {
    Member member;
    std::string username;
  };

  void Add(const Member& member, std::span<const User> users);
  void ApplyBody(const Entry& entry, const ConversationBody& body, std::span<const User> added);
  void ApplyBody(const Entry& entry, const MembersBody& body, std::span<const User> added);
  void MembersChanged();

  ConversationInfo info_;
  Head head_;
  boost::unordered_flat_map<UserId, Place, std::hash<UserId>> members_;
  boost::unordered_flat_map<std::string, UserId> by_name_;
  std::size_t admins_ = 0;
  Seq visible_to_all_;
  UserList list_ = std::make_shared<const std::vector<UserId>>();
};

/// The membership that joining by `entry` gives.
Member JoinedBy(const Entry& entry, UserId user, Role role, HistoryPolicy history);

}  // namespace parley::chat
