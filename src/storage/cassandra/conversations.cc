#include "storage/cassandra/conversations.h"

#include <utility>

#include "storage/cassandra/effects_fanout.h"
#include "storage/cassandra/effects_writes.h"

namespace parley::storage::cassandra {

Result<std::unique_ptr<Conversations>> Conversations::Open(Session& session, Clock& clock,
                                                           ConversationOptions options) {
  PARLEY_ASSIGN(const ConversationStatements statements, ConversationStatements::Prepare(session));
  return std::unique_ptr<Conversations>(new Conversations(session, clock, statements, options));
}

Conversations::Conversations(Session& session, Clock& clock,
                             const ConversationStatements& statements,
                             const ConversationOptions& options)
    : session_(session),
      statements_(statements),
      active_(session, statements_, clock),
      marks_(session, statements_, clock, calls_),
      appender_({.session = session,
                 .statements = statements_,
                 .active = active_,
                 .marks = marks_,
                 .newest_buckets = newest_buckets_,
                 .calls = calls_,
                 .max_batch_bytes = options.max_batch_bytes}),
      log_(session, statements_, newest_buckets_),
      snapshots_(session, statements_, log_),
      members_(session, statements_) {}

runtime::Task<Status> Conversations::ApplyEffects(ConversationId conversation, Effects effects,
                                                  Seq through) {
  PARLEY_CO_TRY(
      co_await WriteAll(&session_, WritesOf(statements_, conversation, effects, through)));
  const Result<Rows> marked = co_await session_.Execute(marks_.MarkOf(conversation, through));
  co_return marked.status();
}

runtime::Task<Status> Conversations::WritePositions(std::vector<PositionRow> rows) {
  co_return co_await WriteAll(&session_, WritesOf(statements_, rows));
}

runtime::Task<Result<SnapshotPtr>> Conversations::ReadSnapshot(ConversationId conversation,
                                                               ReadMode mode) {
  PARLEY_CO_ASSIGN(std::vector<SnapshotPtr> snapshots,
                   co_await snapshots_.ReadSnapshots({conversation}, mode));
  if (snapshots.empty()) co_return NotFound("no such conversation");
  co_return std::move(snapshots.front());
}

}  // namespace parley::storage::cassandra
