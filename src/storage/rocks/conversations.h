#pragma once

#include <memory>
#include <vector>

#include "runtime/blocking_pool.h"
#include "storage/conversation_store.h"
#include "storage/group_committer.h"
#include "storage/rocks/conversation_reads.h"
#include "storage/rocks/database.h"
#include "storage/rocks/log_writer.h"
#include "storage/rocks/soft_writer.h"

namespace parley::storage::rocks {

/// Conversations in RocksDB: reads go to the pool (small ones only where they are not of what is in
/// memory), appends to the committer, positions to the soft
/// writer. Effects are in the batch of their entries, so the watermark `applied` is the head
/// itself.
class RocksConversationStore : public ConversationStore {
 public:
  RocksConversationStore(Database& db, runtime::BlockingPool& pool, SoftWriter& soft_writer)
      : pool_(pool),
        soft_writer_(soft_writer),
        reads_(db),
        log_writer_(db),
        committer_(log_writer_) {}

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override;
  runtime::Task<Result<Seq>> ReadApplied(ConversationId conversation) override;
  runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                     Seq through) override;
  runtime::Task<Result<std::vector<ConversationId>>> ListActive(std::int64_t minute,
                                                                std::uint32_t shard) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                            MessageSlice slice) override;

  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override;

  bool MayHaveSent(ConversationId conversation, UserId sender, ClientId client_id) override;
  runtime::Task<Result<std::optional<SentRow>>> FindSent(ConversationId conversation, UserId sender,
                                                         ClientId client_id,
                                                         TimePoint not_before) override;

  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) override;
  runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) override;
  runtime::Task<Result<std::vector<Position>>> ReadPositions(ConversationId conversation,
                                                             std::vector<Member> members) override;
  runtime::Task<Status> WritePositions(std::vector<PositionRow> rows) override;
  runtime::Task<Result<std::size_t>> CountMentions(UserId user, ConversationId conversation,
                                                   Seq after, std::size_t cap) override;

  /// Commits what was taken, and refuses what comes.
  void Stop() { committer_.Stop(); }
  CommitStats stats() const { return committer_.stats(); }

 private:
  runtime::BlockingPool& pool_;
  SoftWriter& soft_writer_;
  ConversationReads reads_;
  RocksLogWriter log_writer_;
  GroupCommitter committer_;  // its thread uses log_writer_: the last to come, the first to go
};

}  // namespace parley::storage::rocks
