#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "metrics/histogram.h"
#include "storage/cassandra/active_list.h"
#include "storage/cassandra/applied_marks.h"
#include "storage/cassandra/conversation_memo.h"
#include "storage/cassandra/conversation_statements.h"
#include "storage/cassandra/open_calls.h"
#include "storage/conversation_store.h"
#include "storage/store.h"

namespace parley::storage::cassandra {

/// Appends to logs: lists the conversation as active, writes the entries as conditional batches
/// (which decide between nodes), then what follows from them, and answers. Any thread; each step
/// goes on where the driver tells of the end of the one before.
class LogAppender {
 public:
  struct Parts {
    Session& session;
    const ConversationStatements& statements;
    ActiveList& active;
    AppliedMarks& marks;
    ConversationMemo& newest_buckets;
    OpenCalls& calls;
    std::size_t max_batch_bytes;
  };

  explicit LogAppender(const Parts& parts) : parts_(parts) {}

  /// As ConversationStore::Append says.
  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done);

  /// Syncs are conditional batches here; what waits are appends under way, and soft rows the marks
  /// that follow them.
  CommitStats stats() const;

 private:
  class Run;

  const Parts parts_;
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> entries_{0};
  metrics::Histogram batch_entries_ = metrics::Histogram::OfCounts();
  metrics::Histogram append_seconds_{metrics::Histogram::SecondsBounds()};
  metrics::Histogram write_seconds_{metrics::Histogram::SecondsBounds()};
};

}  // namespace parley::storage::cassandra
