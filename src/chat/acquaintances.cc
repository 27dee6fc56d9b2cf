#include "chat/acquaintances.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>

#include "runtime/timer.h"

namespace parley::chat {
namespace {

/// Conversations that are looked at before the shard does something else.
constexpr std::size_t kConversationsAtOnce = 64;

using UserSet = boost::unordered_flat_set<UserId, std::hash<UserId>>;

/// Whether all who are in it know of it: of a direct conversation in which nothing was said yet
/// only its creator does, and anybody may create one with anybody.
bool IsKnownToAll(const storage::Roster& roster) {
  return roster.kind != ConversationKind::kDirect || roster.spoken_in;
}

/// Moves those whom `caller` meets in these conversations from `wanted` to `found`.
void Meet(UserId caller, const std::vector<storage::Roster>& rosters, UserSet& wanted,
          std::vector<Acquaintance>& found) {
  for (const storage::Roster& roster : rosters) {
    if (!IsKnownToAll(roster)) continue;
    const std::vector<Member>& members = *roster.members;
    const bool is_in = std::any_of(members.begin(), members.end(),
                                   [&](const Member& member) { return member.user == caller; });
    if (!is_in) continue;
    for (const Member& member : members) {
      if (wanted.erase(member.user) > 0) found.push_back({member.user, roster.conversation});
      if (wanted.empty()) return;
    }
  }
}

/// The ids of these memberships from `begin` on, and no more than are looked at together.
std::vector<ConversationId> NextConversations(const std::vector<Membership>& memberships,
                                              std::size_t begin) {
  const std::size_t end = std::min(memberships.size(), begin + kConversationsAtOnce);
  std::vector<ConversationId> ids;
  ids.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) ids.push_back(memberships[i].conversation);
  return ids;
}

}  // namespace

runtime::Task<Result<std::vector<Acquaintance>>> Acquaintances::Among(
    UserId caller, std::vector<Acquaintance> people) const {
  std::vector<Acquaintance> found;
  UserSet wanted;
  std::vector<ConversationId> hints;
  hints.reserve(people.size());
  for (const Acquaintance& person : people) {
    wanted.insert(person.user);
    if (person.shared != ConversationId()) hints.push_back(person.shared);
  }
  std::sort(hints.begin(), hints.end());
  hints.erase(std::unique(hints.begin(), hints.end()), hints.end());
  if (!hints.empty()) {
    PARLEY_CO_ASSIGN(const auto rosters,
                     co_await store_->conversations().ReadRosters(std::move(hints)));
    Meet(caller, rosters, wanted, found);
  }
  if (wanted.empty()) co_return found;
  PARLEY_CO_ASSIGN(const std::vector<Membership> memberships,
                   co_await store_->conversations().ReadMemberships(caller));
  for (std::size_t i = 0; i < memberships.size() && !wanted.empty(); i += kConversationsAtOnce) {
    PARLEY_CO_ASSIGN(const auto rosters, co_await store_->conversations().ReadRosters(
                                             NextConversations(memberships, i)));
    Meet(caller, rosters, wanted, found);
    co_await runtime::Yield();
  }
  co_return found;
}

runtime::Task<Status> Acquaintances::ForEach(UserId user, std::size_t max_members,
                                             std::function<void(bus::Recipients)> take) const {
  PARLEY_CO_ASSIGN(const std::vector<Membership> memberships,
                   co_await store_->conversations().ReadMemberships(user));
  UserSet seen{user};
  std::vector<UserId> piece{user};
  const auto hand_over = [&] {
    if (!piece.empty()) take(std::make_shared<const std::vector<UserId>>(std::exchange(piece, {})));
  };
  for (std::size_t i = 0; i < memberships.size() && seen.size() < kMaxTold;
       i += kConversationsAtOnce) {
    PARLEY_CO_ASSIGN(const auto rosters, co_await store_->conversations().ReadRosters(
                                             NextConversations(memberships, i)));
    for (const storage::Roster& roster : rosters) {
      if (roster.members->size() > max_members || !IsKnownToAll(roster)) continue;
      for (const Member& member : *roster.members) {
        if (seen.size() >= kMaxTold || !seen.insert(member.user).second) continue;
        piece.push_back(member.user);
        if (piece.size() == kPiece) hand_over();
      }
    }
    co_await runtime::Yield();
  }
  hand_over();
  co_return Status::Ok();
}

}  // namespace parley::chat
