#include "storage/cassandra/applied_marks.h"

#include <algorithm>
#include <utility>

#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {

void AppliedMarks::Raise(ConversationId conversation, Seq through) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = wanted_.find(conversation); found != wanted_.end()) {
      found->second = std::max(found->second, through);
      return;
    }
    if (wanted_.size() >= kMaxUnderWay) return;
    wanted_.emplace(conversation, through);
  }
  calls_.Add();
  Write(conversation, through);
}

Bound AppliedMarks::MarkOf(ConversationId conversation, Seq through) const {
  return Bind(*statements_.raise_applied, SeqValue(through), SeqValue(through),
              TimestampValue(clock_.Now()), UuidValue(conversation));
}

void AppliedMarks::Write(ConversationId conversation, Seq through) {
  session_.Execute(MarkOf(conversation, through), {},
                   [this, conversation, through](Result<Rows> written) {
                     Written(conversation, through, written.status());
                   });
}

void AppliedMarks::Written(ConversationId conversation, Seq through, const Status& status) {
  Seq next;
  {
    const std::lock_guard lock(mutex_);
    const auto found = wanted_.find(conversation);
    next = found->second;
    if (next <= through || !status.ok()) wanted_.erase(found);
  }
  if (next > through && status.ok()) {
    Write(conversation, next);
  } else {
    calls_.Leave();
  }
}

std::size_t AppliedMarks::under_way() const {
  const std::lock_guard lock(mutex_);
  return wanted_.size();
}

}  // namespace parley::storage::cassandra
