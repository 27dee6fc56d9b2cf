#include "storage/cached/fresh_conversations.h"

namespace parley::storage::cached {
// -- Writing --------------------------------------------------------------------------------------

void FreshConversations::Append(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  inner_.Append(request, [this, request, done = std::move(done)](AppendOutcome outcome) mutable {
    if (outcome == AppendOutcome::kLogged || outcome == AppendOutcome::kCommitted) {
      rings_.Change(request->conversation, [&](EntryRing* ring) -> std::optional<EntryRing> {
        // Only of logs that somebody reads, and of new ones.
        if (ring == nullptr && request->expected_head != Seq()) return std::nullopt;
        return RingWith(ring, request->entries, Reach::kHead);
      });
    }
    done(outcome);
  });
}

void FreshConversations::Forget() { rings_.Forget(); }

// -- Snapshots and memberships --------------------------------------------------------------------

runtime::Task<Result<SnapshotPtr>> FreshConversations::ReadSnapshot(ConversationId conversation,
                                                                    ReadMode mode) {
  if (mode == ReadMode::kFresh) return inner_.ReadSnapshot(conversation, mode);
  return snapshots_.Get(conversation, [this, conversation] {
    return inner_.ReadSnapshot(conversation, ReadMode::kCached);
  });
}

runtime::Task<Result<std::vector<SnapshotPtr>>> FreshConversations::ReadSnapshots(
    std::vector<ConversationId> conversations) {
  return snapshots_.GetMany(
      std::move(conversations),
      [this](std::vector<ConversationId> ids) { return inner_.ReadSnapshots(std::move(ids)); },
      [](const SnapshotPtr& snapshot) { return snapshot->info.id; });
}

runtime::Task<Result<std::vector<Roster>>> FreshConversations::ReadRosters(
    std::vector<ConversationId> conversations) {
  return rosters_.GetMany(
      std::move(conversations),
      [this](std::vector<ConversationId> ids) { return inner_.ReadRosters(std::move(ids)); },
      [](const Roster& roster) { return roster.conversation; });
}

runtime::Task<Result<FreshConversations::RowsPtr>> FreshConversations::LoadRows(UserId user) {
  PARLEY_CO_ASSIGN(auto rows, co_await inner_.ReadMemberships(user));
  co_return std::make_shared<const std::vector<Membership>>(std::move(rows));
}

runtime::Task<Result<std::vector<Membership>>> FreshConversations::ReadMemberships(UserId user) {
  PARLEY_CO_ASSIGN(RowsPtr rows,
                   co_await lists_.Get(user, [this, user] { return LoadRows(user); }));
  co_return *rows;
}

runtime::Task<Result<std::optional<Membership>>> FreshConversations::FindMembership(
    UserId user, ConversationId conversation) {
  return rows_.Get({.user = user, .conversation = conversation}, [this, user, conversation] {
    return inner_.FindMembership(user, conversation);
  });
}

// -- Entries --------------------------------------------------------------------------------------

runtime::Task<Result<FreshConversations::EntriesPtr>> FreshConversations::LoadEntries(
    Reading reading) {
  PARLEY_CO_ASSIGN(auto entries, co_await inner_.ReadEntries(reading.conversation, reading.after,
                                                             reading.limit, reading.max_bytes));
  // Fewer than there was room for: nothing follows them.
  const bool to_the_end =
      entries.size() < reading.limit && BytesOf(entries) <= reading.max_bytes / 2;
  rings_.Change(reading.conversation, [&](EntryRing* ring) {
    return RingWith(ring, entries, to_the_end ? Reach::kHead : Reach::kSomewhere);
  });
  co_return std::make_shared<const std::vector<EntryPtr>>(std::move(entries));
}

runtime::Task<Result<std::vector<EntryPtr>>> FreshConversations::ReadEntries(
    ConversationId conversation, Seq after, std::size_t limit, std::size_t max_bytes) {
  Reading reading{
      .conversation = conversation, .after = after, .limit = limit, .max_bytes = max_bytes};
  std::vector<EntryPtr> entries;
  const auto take = [&](const EntryRing& ring) {
    if (after < ring.last()) entries = ring.Slice(after, limit, max_bytes).value_or(entries);
    return ring.last();
  };
  const std::optional<Seq> last = rings_.Peek(conversation, take);
  if (last && !entries.empty()) {
    const bool below_the_end = entries.size() == limit || entries.back()->seq < *last;
    if (below_the_end) co_return entries;
  }
  // From where the ring ends, all ask for the same, whatever they have of it already.
  if (last && (!entries.empty() || after == *last) &&
      limit - entries.size() <= EntryRing::kEntries && max_bytes <= EntryRing::kBytes) {
    reading.after = *last;
    reading.limit = EntryRing::kEntries;
    reading.max_bytes = EntryRing::kBytes;
  } else {
    entries.clear();
  }
  PARLEY_CO_ASSIGN(EntriesPtr behind, co_await readings_.Get(reading, [this, reading] {
    return LoadEntries(reading);
  }));
  AppendWithin(limit, max_bytes, *behind, &entries);
  co_return entries;
}

runtime::Task<Result<std::vector<EntryPtr>>> FreshConversations::ReadMessages(
    ConversationId conversation, MessageSlice slice) {
  // What comes behind the ring is not known here.
  if (slice.direction == MessageSlice::Direction::kBefore) {
    auto kept =
        rings_.Peek(conversation, [slice](const EntryRing& ring) { return ring.Messages(slice); });
    if (kept && *kept) co_return **std::move(kept);
  }
  co_return co_await inner_.ReadMessages(conversation, slice);
}

void FreshConversations::CountInto(CacheStats& stats) const {
  stats.snapshots = snapshots_.counts();
  stats.snapshots.misses += rosters_.counts().misses;
  stats.snapshots.joins += rosters_.counts().joins;
  stats.memberships = rows_.counts();
  stats.memberships.misses += lists_.counts().misses;
  stats.memberships.joins += lists_.counts().joins;
  stats.entries = rings_.counts();
  stats.entries.misses += readings_.counts().misses;
  stats.entries.joins += readings_.counts().joins;
}

}  // namespace parley::storage::cached
