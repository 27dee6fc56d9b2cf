#include "chat/sync_planner.h"

#include <algorithm>
#include <charconv>

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

/// A conversation of the person, and how far the client has come in it, if it says so.
struct Known {
  const Membership* own;
  std::optional<Seq> have;
};

/// Brings together what the person is in and what the client holds, both in the order of the
/// conversations then; what is held alone goes to `left`. `all`: also what the client does not
/// know.
std::vector<Known> Compare(std::vector<Membership>& memberships,
                           std::vector<std::pair<ConversationId, Seq>>& heads, bool all,
                           std::vector<ConversationId>& left) {
  // Mostly they are in order as they come, and to see that costs little.
  if (!std::ranges::is_sorted(memberships, {}, &Membership::conversation)) {
    std::ranges::sort(memberships, {}, &Membership::conversation);
  }
  if (!std::ranges::is_sorted(heads)) std::ranges::sort(heads);
  const auto repeated =
      std::ranges::unique(heads, {}, &std::pair<ConversationId, Seq>::first);  // the lowest counts
  heads.erase(repeated.begin(), repeated.end());

  std::vector<Known> known;
  known.reserve(all ? memberships.size() : std::min(memberships.size(), heads.size()));
  auto head = heads.begin();
  for (const Membership& own : memberships) {
    for (; head != heads.end() && head->first < own.conversation; ++head) {
      left.push_back(head->first);
    }
    const bool held = head != heads.end() && head->first == own.conversation;
    if (held || all) known.push_back({&own, held ? std::optional(head->second) : std::nullopt});
    if (held) ++head;
  }
  for (; head != heads.end(); ++head) left.push_back(head->first);
  return known;
}

void Add(const ConversationSnapshot& snapshot, const Known& known, std::optional<TimePoint> since,
         SyncPlan& plan) {
  const ConversationId id = snapshot.info.id;
  if (!IsStillIn(snapshot, known.own->member)) {
    if (known.have) plan.left.push_back(id);
    return;
  }
  if (snapshot.members->size() > bus::kLargeConversation) plan.large.push_back(id);
  const bool changed = since && ChangedSince(snapshot, *known.own, *since);
  if (!known.have) {
    if (!changed || !IsListed(snapshot, known.own->member.user)) return;
    plan.items.push_back({id, snapshot.head.seq, snapshot.head.seq, true});
    return;
  }
  const SyncItem item = ItemFor(snapshot, *known.own, *known.have);
  if (item.reset || item.after < item.last || changed) {
    plan.items.push_back(item);
  } else {
    plan.level.emplace_back(item.conversation, item.last);
  }
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
  PARLEY_CO_ASSIGN(std::vector<Membership> memberships,
                   co_await store_.conversations().ReadMemberships(user));
  SyncPlan plan;
  const std::vector<Known> known = Compare(memberships, heads, since.has_value(), plan.left);
  std::vector<ConversationId> wanted;
  wanted.reserve(known.size());
  for (const Known& each : known) wanted.push_back(each.own->conversation);
  PARLEY_CO_ASSIGN(std::vector<storage::SnapshotPtr> snapshots,
                   co_await store_.conversations().ReadSnapshots(std::move(wanted)));
  auto next = known.begin();
  for (storage::SnapshotPtr& snapshot : snapshots) {
    while (next->own->conversation != snapshot->info.id) ++next;
    // A cache that missed a write would have them begin anew, behind what they hold.
    if (next->have.value_or(Seq()) > snapshot->head.seq) {
      PARLEY_CO_ASSIGN(snapshot, co_await store_.conversations().ReadSnapshot(
                                     snapshot->info.id, storage::ReadMode::kFresh));
    }
    Add(*snapshot, *next, since, plan);
  }
  co_return plan;
}

}  // namespace parley::chat
