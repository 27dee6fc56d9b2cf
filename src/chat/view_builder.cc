#include "chat/view_builder.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace parley::chat {
namespace {

/// More than this many unread mentions are shown as this many.
constexpr std::size_t kMentionsShown = 99;

std::size_t UnreadCount(const ConversationSnapshot& snapshot, const Membership& own) {
  const std::uint64_t seen = std::max(own.member.first_n, own.position.read_n);
  return snapshot.head.n > seen ? snapshot.head.n - seen : 0;
}

std::span<const Member> FirstMembers(const ConversationSnapshot& snapshot) {
  return std::span(*snapshot.members).first(std::min(snapshot.members->size(), kMembersShown));
}

/// Each once, in the order of their ids.
std::vector<UserId> PeopleShown(const std::vector<OwnConversation>& conversations) {
  std::vector<UserId> people;
  for (const OwnConversation& conversation : conversations) {
    for (const Member& member : FirstMembers(*conversation.snapshot)) {
      people.push_back(member.user);
    }
  }
  std::ranges::sort(people);
  const auto repeated = std::ranges::unique(people);
  people.erase(repeated.begin(), repeated.end());
  return people;
}

/// `users`: in the order of their ids.
std::vector<MemberView> MembersShown(const ConversationSnapshot& snapshot,
                                     const std::vector<User>& users) {
  std::vector<MemberView> shown;
  shown.reserve(FirstMembers(snapshot).size());
  for (const Member& member : FirstMembers(snapshot)) {
    const auto user = std::ranges::lower_bound(users, member.user, {}, &User::id);
    if (user == users.end() || user->id != member.user) continue;
    shown.push_back({*user, member.role, member.joined_at, Position()});
  }
  return shown;
}

std::unordered_map<UserId, User> ById(std::vector<User> users) {
  std::unordered_map<UserId, User> by_id;
  for (User& user : users) {
    const UserId id = user.id;
    by_id.emplace(id, std::move(user));
  }
  return by_id;
}

}  // namespace

bool IsListed(const ConversationSnapshot& snapshot, UserId member) {
  return snapshot.info.kind != ConversationKind::kDirect || snapshot.head.n > 0 ||
         snapshot.info.created_by == member;
}

bool IsStillIn(const ConversationSnapshot& snapshot, const Member& member) {
  // A cache may have the conversation as it was before they joined.
  if (snapshot.head.seq < member.joined_seq) return true;
  const auto place = [](const Member& each) { return std::tuple(each.joined_seq, each.user); };
  return std::ranges::binary_search(*snapshot.members, place(member), {}, place);
}

runtime::Task<Result<ConversationView>> ViewBuilder::Conversation(storage::SnapshotPtr snapshot,
                                                                  Membership own) {
  std::vector<OwnConversation> alone;
  alone.push_back({std::move(snapshot), own});
  PARLEY_CO_ASSIGN(std::vector<ConversationView> views, co_await Conversations(std::move(alone)));
  co_return std::move(views.front());
}

runtime::Task<Result<std::vector<ConversationView>>> ViewBuilder::Conversations(
    std::vector<OwnConversation> conversations) {
  PARLEY_CO_ASSIGN(const std::vector<User> users,
                   co_await store_.accounts().FindUsers(PeopleShown(conversations)));
  std::vector<ConversationView> views;
  views.reserve(conversations.size());
  for (OwnConversation& conversation : conversations) {
    ConversationView& view = views.emplace_back();
    view.members = MembersShown(*conversation.snapshot, users);
    view.unread_count = UnreadCount(*conversation.snapshot, conversation.own);
    view.snapshot = std::move(conversation.snapshot);
    view.own = conversation.own;
    if (view.unread_count == 0) continue;
    const Seq seen = std::max(view.own.position.read, view.own.member.first_seq.Previous());
    PARLEY_CO_ASSIGN(view.mention_count,
                     co_await store_.conversations().CountMentions(
                         view.own.member.user, view.own.conversation, seen, kMentionsShown));
  }
  co_return views;
}

runtime::Task<Result<std::vector<MemberView>>> ViewBuilder::Members(ConversationId conversation,
                                                                    std::vector<Member> members) {
  std::vector<UserId> ids;
  ids.reserve(members.size());
  for (const Member& member : members) ids.push_back(member.user);
  PARLEY_CO_ASSIGN(std::vector<User> users, co_await store_.accounts().FindUsers(std::move(ids)));
  PARLEY_CO_ASSIGN(const std::vector<Position> positions,
                   co_await store_.conversations().ReadPositions(conversation, members));
  std::unordered_map<UserId, User> by_id = ById(std::move(users));
  std::vector<MemberView> views;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto user = by_id.find(members[i].user);
    if (user == by_id.end()) continue;
    views.push_back({user->second, members[i].role, members[i].joined_at, positions[i]});
  }
  co_return views;
}

runtime::Task<Result<std::vector<ChangeView>>> ViewBuilder::Changes(
    std::vector<storage::EntryPtr> entries, Seq visible_from) {
  std::vector<ChangeView> views;
  views.reserve(entries.size());
  for (storage::EntryPtr& entry : entries) {
    std::vector<User> users;
    const auto* members = std::get_if<MembersBody>(&entry->body);
    if (members != nullptr && !members->added.empty()) {
      PARLEY_CO_ASSIGN(users, co_await store_.accounts().FindUsers(members->added));
    }
    views.push_back({std::move(entry), std::move(users), visible_from});
  }
  co_return views;
}

}  // namespace parley::chat
