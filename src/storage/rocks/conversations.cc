#include "storage/rocks/conversations.h"

#include <optional>
#include <utility>

#include "storage/rocks/effects.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/memory_first.h"

namespace parley::storage::rocks {
namespace {

/// So many a shard may read by itself: each is several rows, and a list of members.
constexpr std::size_t kQuickSnapshots = 8;

}  // namespace

void RocksConversationStore::Append(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  committer_.Submit(std::move(request), std::move(done));
}

runtime::Task<Result<Seq>> RocksConversationStore::ReadApplied(ConversationId conversation) {
  return pool_.Run([this, conversation] { return reads_.ReadHeadSeq(conversation); });
}

runtime::Task<Status> RocksConversationStore::ApplyEffects(ConversationId conversation,
                                                           Effects effects, Seq through) {
  return pool_.Run([this, conversation, effects = std::move(effects), through]() mutable {
    return log_writer_.ApplyEffects(conversation, std::move(effects), through);
  });
}

runtime::Task<Result<std::vector<ConversationId>>> RocksConversationStore::ListActive(
    std::int64_t /*minute*/, std::uint32_t /*shard*/) {
  co_return std::vector<ConversationId>();
}

runtime::Task<Result<std::vector<EntryPtr>>> RocksConversationStore::ReadEntries(
    ConversationId conversation, Seq after, std::size_t limit, std::size_t max_bytes) {
  return MemoryFirstIf(limit <= kQuickRows, &pool_,
                       [this, conversation, after, limit, max_bytes](Depth depth) {
                         return reads_.ReadEntries(conversation, after, limit, max_bytes, depth);
                       });
}

runtime::Task<Result<std::vector<EntryPtr>>> RocksConversationStore::ReadMessages(
    ConversationId conversation, MessageSlice slice) {
  return MemoryFirstIf(slice.limit <= kQuickRows, &pool_, [this, conversation, slice](Depth depth) {
    return reads_.ReadMessages(conversation, slice, depth);
  });
}

runtime::Task<Result<SnapshotPtr>> RocksConversationStore::ReadSnapshot(ConversationId conversation,
                                                                        ReadMode /*mode*/) {
  return MemoryFirst(&pool_, [this, conversation](Depth depth) {
    return reads_.ReadSnapshot(conversation, depth);
  });
}

runtime::Task<Result<std::vector<SnapshotPtr>>> RocksConversationStore::ReadSnapshots(
    std::vector<ConversationId> conversations) {
  const bool quick = conversations.size() <= kQuickSnapshots;
  return MemoryFirstIf(quick, &pool_,
                       [this, conversations = std::move(conversations)](Depth depth) {
                         return reads_.ReadSnapshots(conversations, depth);
                       });
}

bool RocksConversationStore::MayHaveSent(ConversationId conversation, UserId sender,
                                         ClientId client_id) {
  return reads_.MayHaveSent(conversation, sender, client_id);
}

runtime::Task<Result<std::optional<SentRow>>> RocksConversationStore::FindSent(
    ConversationId conversation, UserId sender, ClientId client_id, TimePoint not_before) {
  return MemoryFirst(&pool_, [this, conversation, sender, client_id, not_before](Depth depth) {
    return reads_.FindSent(conversation, sender, client_id, not_before, depth);
  });
}

runtime::Task<Result<std::vector<Membership>>> RocksConversationStore::ReadMemberships(
    UserId user) {
  return MemoryFirst(&pool_,
                     [this, user](Depth depth) { return reads_.ReadMemberships(user, depth); });
}

runtime::Task<Result<std::optional<Membership>>> RocksConversationStore::FindMembership(
    UserId user, ConversationId conversation) {
  return MemoryFirst(&pool_, [this, user, conversation](Depth depth) {
    return reads_.FindMembership(user, conversation, depth);
  });
}

runtime::Task<Result<std::vector<Position>>> RocksConversationStore::ReadPositions(
    ConversationId conversation, std::vector<Member> members) {
  const bool quick = members.size() <= kQuickRows;
  return MemoryFirstIf(quick, &pool_,
                       [this, conversation, members = std::move(members)](Depth depth) {
                         return reads_.ReadPositions(conversation, members, depth);
                       });
}

runtime::Task<Status> RocksConversationStore::WritePositions(std::vector<PositionRow> rows) {
  std::vector<RowMerge> merges;
  merges.reserve(rows.size());
  for (const PositionRow& row : rows) {
    if (std::optional<RowMerge> merge = PositionMergeOf(row)) merges.push_back(*std::move(merge));
  }
  return soft_writer_.Merge(std::move(merges));
}

runtime::Task<Result<std::size_t>> RocksConversationStore::CountMentions(
    UserId user, ConversationId conversation, Seq after, std::size_t cap) {
  return MemoryFirst(&pool_, [this, user, conversation, after, cap](Depth depth) {
    return reads_.CountMentions(user, conversation, after, cap, depth);
  });
}

}  // namespace parley::storage::rocks
