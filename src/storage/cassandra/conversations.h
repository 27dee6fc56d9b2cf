#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "storage/cassandra/active_list.h"
#include "storage/cassandra/applied_marks.h"
#include "storage/cassandra/conversation_memo.h"
#include "storage/cassandra/conversation_reads.h"
#include "storage/cassandra/conversation_statements.h"
#include "storage/cassandra/log_appender.h"
#include "storage/cassandra/log_reads.h"
#include "storage/cassandra/member_reads.h"
#include "storage/cassandra/open_calls.h"
#include "storage/cassandra/session.h"
#include "storage/conversation_store.h"
#include "storage/store.h"

namespace parley::storage::cassandra {

struct ConversationOptions {
  /// What one conditional batch carries, about. The cluster keeps it in its Paxos state too, and
  /// takes nothing beyond half a segment of its commit log (16 MiB, where it is not set lower).
  std::size_t max_batch_bytes = 1'000'000;
};

/// Conversations on Cassandra: docs/storage.md, "On Cassandra". The tables (LogTables) are there.
/// Any thread, but coroutines are awaited on a shard.
class Conversations final : public ConversationStore {
 public:
  /// Prepares all statements: blocks, from no shard. The session and the clock outlive it.
  static Result<std::unique_ptr<Conversations>> Open(Session& session, Clock& clock,
                                                     ConversationOptions options = {});
  ~Conversations() override { Stop(); }
  Conversations(const Conversations&) = delete;
  Conversations& operator=(const Conversations&) = delete;

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override {
    appender_.Append(std::move(request), std::move(done));
  }
  runtime::Task<Result<Seq>> ReadApplied(ConversationId conversation) override {
    return log_.ReadApplied(conversation);
  }
  runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                     Seq through) override;
  runtime::Task<Result<std::vector<ConversationId>>> ListActive(std::int64_t minute,
                                                                std::uint32_t shard) override {
    return active_.Read(minute, shard);
  }
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override {
    return log_.ReadEntries(conversation, after, limit, max_bytes);
  }
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                            MessageSlice slice) override {
    return log_.ReadMessages(conversation, slice);
  }
  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override {
    return snapshots_.ReadSnapshots(std::move(conversations), ReadMode::kCached);
  }
  /// Always true: nothing in this process knows all sends.
  bool MayHaveSent(ConversationId /*conversation*/, UserId /*sender*/,
                   ClientId /*client_id*/) override {
    return true;
  }
  runtime::Task<Result<std::optional<SentRow>>> FindSent(ConversationId conversation, UserId sender,
                                                         ClientId client_id,
                                                         TimePoint not_before) override {
    return members_.FindSent(conversation, sender, client_id, not_before);
  }
  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) override {
    return members_.ReadMemberships(user);
  }
  runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) override {
    return members_.FindMembership(user, conversation);
  }
  runtime::Task<Result<std::vector<Position>>> ReadPositions(ConversationId conversation,
                                                             std::vector<Member> members) override {
    return members_.ReadPositions(conversation, std::move(members));
  }
  /// Written at quorum.
  runtime::Task<Status> WritePositions(std::vector<PositionRow> rows) override;
  runtime::Task<Result<std::size_t>> CountMentions(UserId user, ConversationId conversation,
                                                   Seq after, std::size_t cap) override {
    return members_.CountMentions(user, conversation, after, cap);
  }

  /// Requests and entries committed; syncs are conditional batches.
  CommitStats commit_stats() const { return appender_.stats(); }

  /// Refuses further appends, and waits for those under way and the marks that they leave: each
  /// call ends within the timeouts of the session. Idempotent; from no shard; before the session's
  /// own Stop.
  void Stop() { calls_.Stop(); }

 private:
  Conversations(Session& session, Clock& clock, const ConversationStatements& statements,
                const ConversationOptions& options);

  Session& session_;
  const ConversationStatements statements_;
  OpenCalls calls_;
  ConversationMemo newest_buckets_;  ///< the newest bucket seen
  ActiveList active_;
  AppliedMarks marks_;
  LogAppender appender_;
  LogReads log_;
  ConversationReads snapshots_;
  MemberReads members_;
};

}  // namespace parley::storage::cassandra
