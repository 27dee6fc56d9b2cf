#include "chat/sync_planner.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "bus/bus.h"
#include "chat/view_builder.h"
#include "model/limits.h"

namespace parley::chat {
namespace {

std::string Purpose(UserId user) { return "sync:" + user.ToString(); }

bool ChangedSince(const ConversationSnapshot& snapshot, const Membership& own, TimePoint since) {
  return std::max(snapshot.head.changed_at, own.changed_at) >= since;
}

SyncItem ItemFor(const ConversationSnapshot& snapshot, const Membership& own, Seq have) {
  const Seq head = snapshot.head.seq;
  SyncItem item{own.conversation, have, head, false};
  item.reset = have < own.member.first_seq.Previous() || have > head ||
               head.value() - have.value() > Limits::kSyncMaxChanges;
  if (item.reset) item.after = head;
  return item;
}

}  // namespace

std::string SyncPlanner::MakeCursor(UserId user) const {
  return sealer_.Seal(Purpose(user), std::to_string(ToMillis(clock_.Now() - kSlack)));
}

Result<TimePoint> SyncPlanner::OpenCursor(UserId user, const std::string& cursor) const {
  PARLEY_ASSIGN(const std::string payload, sealer_.Open(Purpose(user), cursor));
  std::int64_t ms = 0;
  std::from_chars(payload.data(), payload.data() + payload.size(), ms);
  return FromMillis(ms);
}

runtime::Task<Result<SyncPlan>> SyncPlanner::Plan(UserId user,
                                                  std::vector<std::pair<ConversationId, Seq>> heads,
                                                  std::optional<std::string> cursor) {
  std::optional<TimePoint> since;
  if (cursor) {
    PARLEY_CO_ASSIGN(since, OpenCursor(user, *cursor));
  }
  PARLEY_CO_ASSIGN(const std::vector<Membership> memberships,
                   co_await store_.conversations().ReadMemberships(user));
  std::unordered_map<ConversationId, const Membership*> own;
  for (const Membership& membership : memberships)
    own.emplace(membership.conversation, &membership);

  SyncPlan plan;
  std::unordered_map<ConversationId, Seq> held;
  for (const auto& [conversation, seq] : heads) {
    held.emplace(conversation, seq);
    if (!own.contains(conversation)) plan.left.push_back(conversation);
  }
  std::vector<ConversationId> wanted;
  for (const Membership& membership : memberships) {
    if (since || held.contains(membership.conversation)) wanted.push_back(membership.conversation);
  }
  PARLEY_CO_ASSIGN(std::vector<storage::SnapshotPtr> snapshots,
                   co_await store_.conversations().ReadSnapshots(std::move(wanted)));
  for (storage::SnapshotPtr& snapshot : snapshots) {
    // A cache that missed a write would have them begin anew, behind what they hold.
    const auto have = held.find(snapshot->info.id);
    if (have == held.end() || have->second <= snapshot->head.seq) continue;
    PARLEY_CO_ASSIGN(snapshot, co_await store_.conversations().ReadSnapshot(
                                   snapshot->info.id, storage::ReadMode::kFresh));
  }
  for (const storage::SnapshotPtr& snapshot : snapshots) {
    const Membership& membership = *own.at(snapshot->info.id);
    const bool changed = since && ChangedSince(*snapshot, membership, *since);
    const auto have = held.find(snapshot->info.id);
    if (!IsStillIn(*snapshot, membership.member)) {
      if (have != held.end()) plan.left.push_back(snapshot->info.id);
      continue;
    }
    if (snapshot->members->size() > bus::kLargeConversation) {
      plan.large.push_back(snapshot->info.id);
    }
    if (have == held.end()) {
      if (!changed || !IsListed(*snapshot, user)) continue;
      plan.items.push_back({snapshot->info.id, snapshot->head.seq, snapshot->head.seq, true});
      continue;
    }
    const SyncItem item = ItemFor(*snapshot, membership, have->second);
    if (item.reset || item.after < item.last || changed) {
      plan.items.push_back(item);
    } else {
      plan.level.emplace_back(item.conversation, item.last);
    }
  }
  co_return plan;
}

}  // namespace parley::chat
