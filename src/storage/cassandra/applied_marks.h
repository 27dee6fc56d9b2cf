#pragma once

#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "storage/cassandra/conversation_statements.h"
#include "storage/cassandra/open_calls.h"
#include "storage/conversation_store.h"

namespace parley::storage::cassandra {

/// Raises the watermarks `applied` after effects were written, behind the answer: one write at a
/// time for a conversation, the highest mark next. One that is not written is no loss: effects are
/// then applied again. Any thread.
class AppliedMarks {
 public:
  /// Conversations whose marks are being written at once; those beyond are left out.
  static constexpr std::size_t kMaxUnderWay = 16'384;

  AppliedMarks(Session& session, const ConversationStatements& statements, Clock& clock,
               OpenCalls& calls)
      : session_(session), statements_(statements), clock_(clock), calls_(calls) {}

  /// The effects of all entries up to `through` are written. Only within a call that has entered.
  void Raise(ConversationId conversation, Seq through);

  /// What is written.
  Bound MarkOf(ConversationId conversation, Seq through) const;

  std::size_t under_way() const;

 private:
  void Write(ConversationId conversation, Seq through);
  void Written(ConversationId conversation, Seq through, const Status& status);

  Session& session_;
  const ConversationStatements& statements_;
  Clock& clock_;
  OpenCalls& calls_;
  mutable std::mutex mutex_;
  std::unordered_map<ConversationId, Seq> wanted_;  // guarded by mutex_; each is being written
};

}  // namespace parley::storage::cassandra
