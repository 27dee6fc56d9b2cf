#pragma once

#include <memory>
#include <vector>

#include "storage/cassandra/log_reads.h"

namespace parley::storage::cassandra {

/// Snapshots of conversations, as ConversationStore has them. Await on a shard.
class ConversationReads {
 public:
  ConversationReads(Session& session, const ConversationStatements& statements, LogReads& log)
      : session_(session), statements_(statements), log_(log) {}

  /// Those that exist, in the order asked for. What follows from entries that were answered as
  /// committed before is in them. It may also hold what follows from later entries than `head`, or
  /// lack what follows from entries whose writer died: whoever must know reads `applied` before,
  /// and the entries from there on.
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations, ReadMode mode);

 private:
  using Members = std::shared_ptr<const std::vector<Member>>;

  /// What is not there yet: its writer died before it wrote the effects of the creation.
  runtime::Task<Result<ConversationInfo>> InfoOfCreation(ConversationId conversation);
  /// `rows`: the first page.
  runtime::Task<Result<Members>> ReadMembers(ConversationId conversation, const Rows* rows);

  Session& session_;
  const ConversationStatements& statements_;
  LogReads& log_;
};

}  // namespace parley::storage::cassandra
