#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/cassandra/conversation_memo.h"
#include "storage/cassandra/conversation_statements.h"
#include "storage/conversation_store.h"

namespace parley::storage::cassandra {

/// The reads of the log itself, as ConversationStore has them. Await on a shard.
class LogReads {
 public:
  LogReads(Session& session, const ConversationStatements& statements,
           ConversationMemo& newest_buckets)
      : session_(session), statements_(statements), newest_buckets_(newest_buckets) {}

  runtime::Task<Result<Seq>> ReadApplied(ConversationId conversation);

  /// In the order asked for; one with seq 0 where there is no such conversation. `fresh`:
  /// linearizable.
  runtime::Task<Result<std::vector<Head>>> ReadHeads(std::vector<ConversationId> conversations,
                                                     ReadMode mode);

  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes);
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                            MessageSlice slice);

 private:
  /// Where to begin to look for the newest bucket of each.
  runtime::Task<Result<std::vector<std::int64_t>>> StartBuckets(
      std::vector<ConversationId> conversations);
  runtime::Task<Result<Head>> ReadHead(ConversationId conversation);

  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessagesBefore(ConversationId conversation,
                                                                  Seq from, std::size_t limit);
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessagesAfter(ConversationId conversation,
                                                                 Seq from, std::size_t limit);
  /// Adds messages of one bucket, page by page, up to `limit` altogether.
  runtime::Task<Status> AddMessages(Bound bound, ConversationId conversation, std::size_t limit,
                                    std::vector<EntryPtr>* messages);

  Session& session_;
  const ConversationStatements& statements_;
  ConversationMemo& newest_buckets_;
};

}  // namespace parley::storage::cassandra
