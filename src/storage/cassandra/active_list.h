#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "storage/cassandra/conversation_memo.h"
#include "storage/cassandra/conversation_statements.h"
#include "storage/conversation_store.h"

namespace parley::storage::cassandra {

/// The conversations to which somebody may have appended, by minute: what a node writes down before
/// it appends, so that what it leaves undone when it dies is found. Any thread.
class ActiveList {
 public:
  ActiveList(Session& session, const ConversationStatements& statements, Clock& clock)
      : session_(session), statements_(statements), clock_(clock) {}

  /// Has the conversation listed in this minute; mostly this node has done so before, and `done` is
  /// called at once. Else on a thread of the driver. Must only hand over.
  void Add(ConversationId conversation, UniqueFunction<void(Status)> done);

  runtime::Task<Result<std::vector<ConversationId>>> Read(std::int64_t minute, std::uint32_t shard);

 private:
  Session& session_;
  const ConversationStatements& statements_;
  Clock& clock_;
  ConversationMemo listed_;  ///< in which minute last
};

}  // namespace parley::storage::cassandra
