#include "storage/cached/cached_conversations.h"

#include <limits>
#include <unordered_map>
#include <utility>

namespace parley::storage::cached {
namespace {

/// What a read found in the ring that is kept.
struct Taken {
  std::optional<std::vector<EntryPtr>> entries;  ///< nothing where the ring does not hold them all
  bool may_grow = false;                         ///< a ring that is read anew may

  bool WantsMore() const { return !entries && may_grow; }
};

}  // namespace

// -- Writing --------------------------------------------------------------------------------------

void CachedConversations::Append(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  inner_.Append(request, [this, request, done = std::move(done)](AppendOutcome outcome) mutable {
    Answered(*request, outcome);
    done(outcome);
  });
}

void CachedConversations::Answered(const AppendRequest& request, AppendOutcome outcome) {
  switch (outcome) {
    case AppendOutcome::kCommitted:
      Committed(request);
      return;
    case AppendOutcome::kLogged:  // what is kept here is of a store whose effects need no waiting
    case AppendOutcome::kRefused:
      return;
    case AppendOutcome::kConflict:
    case AppendOutcome::kUnknown:
      // What is kept may be behind the log: by somebody else's entries, or by these.
      snapshots_.Erase(request.conversation);
      rings_.Erase(request.conversation);
      ForgetPeople(request.effects);
      return;
  }
}

void CachedConversations::Committed(const AppendRequest& request) {
  const ConversationId id = request.conversation;
  rings_.Change(id, [&](EntryRing* ring) -> std::optional<EntryRing> {
    // Only of logs that somebody reads, and of new ones.
    if (ring == nullptr && request.expected_head != Seq()) return std::nullopt;
    return RingAfter(ring, request);
  });
  snapshots_.Change(id, [&](SnapshotPtr* snapshot) -> std::optional<SnapshotPtr> {
    SnapshotPtr after = SnapshotAfter(snapshot != nullptr ? *snapshot : nullptr, request);
    return after ? std::optional(std::move(after)) : std::nullopt;
  });
  // One change for each person: who was removed and added again in one commit was never away.
  std::unordered_map<UserId, std::vector<const MemberEffect*>> of_people;
  for (const MemberEffect& effect : request.effects.members) {
    of_people[effect.user].push_back(&effect);
  }
  for (const auto& [user, effects] : of_people) {
    memberships_.Change(user, [&](Memberships* rows) -> std::optional<Memberships> {
      if (rows == nullptr) return std::nullopt;
      for (const MemberEffect* effect : effects) Apply(*effect, id, *rows);
      return std::move(*rows);
    });
  }
  ApplyPositions(request.effects.positions);
}

void CachedConversations::ApplyPositions(const std::vector<PositionRow>& positions) {
  for (const PositionRow& position : positions) {
    memberships_.Change(position.user, [&](Memberships* rows) -> std::optional<Memberships> {
      if (rows == nullptr) return std::nullopt;
      Apply(position, *rows);
      return std::move(*rows);
    });
  }
}

void CachedConversations::ForgetPeople(const Effects& effects) {
  for (const MemberEffect& effect : effects.members) memberships_.Erase(effect.user);
  for (const PositionRow& position : effects.positions) memberships_.Erase(position.user);
}

runtime::Task<Status> CachedConversations::ApplyEffects(ConversationId conversation,
                                                        Effects effects, Seq through) {
  // They may be old, and the rows kept here do not say at which seq they are true: read anew.
  const Status applied = co_await inner_.ApplyEffects(conversation, effects, through);
  snapshots_.Erase(conversation);
  ForgetPeople(effects);
  co_return applied;
}

runtime::Task<Status> CachedConversations::WritePositions(std::vector<PositionRow> rows) {
  const Status written = co_await inner_.WritePositions(rows);
  if (written.ok()) {
    ApplyPositions(rows);
  } else {
    for (const PositionRow& row : rows) memberships_.Erase(row.user);
  }
  co_return written;
}

// -- Snapshots ------------------------------------------------------------------------------------

runtime::Task<Result<SnapshotPtr>> CachedConversations::ReadSnapshot(ConversationId conversation,
                                                                     ReadMode mode) {
  const auto read = [this, conversation, mode] { return inner_.ReadSnapshot(conversation, mode); };
  if (mode == ReadMode::kCached) co_return co_await snapshots_.Get(conversation, read);

  Result<SnapshotPtr> snapshot = co_await snapshots_.Refresh(conversation, read);
  if (snapshot.ok()) {
    // Somebody else may have written entries that the ring does not have.
    const bool behind =
        rings_
            .Peek(conversation,
                  [&](const EntryRing& ring) { return ring.last() < (*snapshot)->head.seq; })
            .value_or(false);
    if (behind) rings_.Erase(conversation);
  }
  co_return snapshot;
}

runtime::Task<Result<std::vector<SnapshotPtr>>> CachedConversations::ReadSnapshots(
    std::vector<ConversationId> conversations) {
  co_return co_await snapshots_.GetMany(std::move(conversations),
                                        [this](std::vector<ConversationId> missing) {
                                          return inner_.ReadSnapshots(std::move(missing));
                                        });
}

// -- Memberships ----------------------------------------------------------------------------------

runtime::Task<Result<MembershipTraits::Loaded>> CachedConversations::LoadMemberships(UserId user) {
  PARLEY_CO_ASSIGN(auto rows, co_await inner_.ReadMemberships(user));
  co_return std::make_shared<const std::vector<Membership>>(std::move(rows));
}

runtime::Task<Result<std::vector<Membership>>> CachedConversations::ReadMemberships(UserId user) {
  std::optional<Memberships> kept =
      memberships_.Peek(user, [](const Memberships& rows) { return rows; });
  if (kept) co_return *std::move(kept);
  PARLEY_CO_ASSIGN(auto rows,
                   co_await memberships_.Get(user, [this, user] { return LoadMemberships(user); }));
  co_return *rows;
}

runtime::Task<Result<std::optional<Membership>>> CachedConversations::FindMembership(
    UserId user, ConversationId conversation) {
  std::optional<std::optional<Membership>> kept =
      memberships_.Peek(user, [&](const Memberships& rows) {
        const Membership* row = FindIn(rows, conversation);
        return row != nullptr ? std::optional(*row) : std::nullopt;
      });
  if (kept) co_return *std::move(kept);
  co_return co_await inner_.FindMembership(user, conversation);
}

// -- Entries --------------------------------------------------------------------------------------

runtime::Task<Result<EntryTraits::Loaded>> CachedConversations::LoadRing(
    ConversationId conversation) {
  // The head as it is now that this read is under way: a commit after it outdates the read.
  PARLEY_CO_ASSIGN(SnapshotPtr snapshot, co_await ReadSnapshot(conversation, ReadMode::kCached));
  const std::uint64_t head = snapshot->head.seq.value();
  const Seq after(head > EntryRing::kEntries ? head - EntryRing::kEntries : 0);
  PARLEY_CO_ASSIGN(auto entries,
                   co_await inner_.ReadEntries(conversation, after, EntryRing::kEntries,
                                               std::numeric_limits<std::size_t>::max()));
  auto ring = std::make_shared<EntryRing>();
  for (EntryPtr& entry : entries) ring->Push(std::move(entry));
  co_return ring;
}

runtime::Task<Result<EntryTraits::Loaded>> CachedConversations::GrowRing(
    ConversationId conversation, bool kept) {
  const auto load = [this, conversation] { return LoadRing(conversation); };
  return kept ? rings_.Refresh(conversation, load) : rings_.Get(conversation, load);
}

runtime::Task<Result<Seq>> CachedConversations::FindHead(ConversationId conversation) {
  PARLEY_CO_ASSIGN(auto snapshots, co_await ReadSnapshots({conversation}));
  co_return snapshots.empty() ? Seq() : snapshots.front()->head.seq;
}

runtime::Task<Result<EntryTraits::Loaded>> CachedConversations::LoadNewest(
    ConversationId conversation, MessageSlice slice, std::vector<EntryPtr>* read) {
  // As for LoadRing: the head as it is now.
  PARLEY_CO_ASSIGN(SnapshotPtr snapshot, co_await ReadSnapshot(conversation, ReadMode::kCached));
  const Seq head = snapshot->head.seq;
  PARLEY_CO_ASSIGN(*read, co_await inner_.ReadMessages(conversation, slice));
  auto ring = slice.anchor == head.Next() ? RingOfNewest(*read, head) : nullptr;
  if (ring == nullptr) co_return NotFound("the log does not end with these messages");
  co_return ring;
}

runtime::Task<Result<std::vector<EntryPtr>>> CachedConversations::ReadEntries(
    ConversationId conversation, Seq after, std::size_t limit, std::size_t max_bytes) {
  const auto take = [after, limit, max_bytes](const EntryRing& ring) {
    return Taken{ring.Slice(after, limit, max_bytes), ring.MayGrow()};
  };
  std::optional<Taken> taken = rings_.Peek(conversation, take);
  if (!taken || taken->WantsMore()) {
    PARLEY_CO_ASSIGN(const Seq last, co_await FindHead(conversation));
    const std::uint64_t head = last.value();
    if (after.value() < head && head - after.value() <= EntryRing::kEntries) {
      PARLEY_CO_ASSIGN(auto ring, co_await GrowRing(conversation, taken.has_value()));
      taken = take(*ring);
    }
  }
  if (taken && taken->entries) co_return *std::move(taken->entries);
  co_return co_await inner_.ReadEntries(conversation, after, limit, max_bytes);
}

runtime::Task<Result<std::vector<EntryPtr>>> CachedConversations::ReadMessages(
    ConversationId conversation, MessageSlice slice) {
  const auto take = [slice](const EntryRing& ring) {
    return Taken{ring.Messages(slice), ring.MayGrow()};
  };
  std::optional<Taken> taken = rings_.Peek(conversation, take);
  if (slice.direction == MessageSlice::Direction::kBefore && (!taken || taken->WantsMore())) {
    PARLEY_CO_ASSIGN(const Seq head, co_await FindHead(conversation));
    const bool newest = head != Seq() && slice.anchor == head.Next();
    if (newest && taken) {
      PARLEY_CO_ASSIGN(auto ring, co_await GrowRing(conversation, true));
      taken = take(*ring);
    } else if (newest) {
      std::vector<EntryPtr> read;
      const auto ring = co_await rings_.Get(conversation, [this, conversation, slice, &read] {
        return LoadNewest(conversation, slice, &read);
      });
      if (!read.empty()) co_return read;
      if (ring.ok()) taken = take(**ring);
    }
  }
  if (taken && taken->entries) co_return *std::move(taken->entries);
  co_return co_await inner_.ReadMessages(conversation, slice);
}

// -- Not kept -------------------------------------------------------------------------------------

runtime::Task<Result<Seq>> CachedConversations::ReadApplied(ConversationId conversation) {
  return inner_.ReadApplied(conversation);
}

runtime::Task<Result<std::vector<ConversationId>>> CachedConversations::ListActive(
    std::int64_t minute, std::uint32_t shard) {
  return inner_.ListActive(minute, shard);
}

bool CachedConversations::MayHaveSent(ConversationId conversation, UserId sender,
                                      ClientId client_id) {
  return inner_.MayHaveSent(conversation, sender, client_id);
}

runtime::Task<Result<std::optional<SentRow>>> CachedConversations::FindSent(
    ConversationId conversation, UserId sender, ClientId client_id, TimePoint not_before) {
  return inner_.FindSent(conversation, sender, client_id, not_before);
}

runtime::Task<Result<std::vector<Position>>> CachedConversations::ReadPositions(
    ConversationId conversation, std::vector<Member> members) {
  return inner_.ReadPositions(conversation, std::move(members));
}

runtime::Task<Result<std::size_t>> CachedConversations::CountMentions(UserId user,
                                                                      ConversationId conversation,
                                                                      Seq after, std::size_t cap) {
  return inner_.CountMentions(user, conversation, after, cap);
}

void CachedConversations::Forget() {
  snapshots_.Forget();
  memberships_.Forget();
  rings_.Forget();
}

void CachedConversations::CountInto(CacheStats& stats) const {
  stats.snapshots = snapshots_.counts();
  stats.memberships = memberships_.counts();
  stats.entries = rings_.counts();
}

}  // namespace parley::storage::cached
