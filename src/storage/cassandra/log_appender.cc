#include "storage/cassandra/log_appender.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/cassandra/effects_fanout.h"
#include "storage/cassandra/effects_writes.h"
#include "storage/cassandra/log_batches.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::vector<Bound> BoundsOf(const ConversationStatements& statements, ConversationId conversation,
                            const LogBatch& batch) {
  const Value bucket = BigintValue(batch.bucket());
  std::string head;
  wire::AppendRecord(head, batch.head);
  // The first entry of a bucket is written where the bucket has no head yet.
  const bool begins = batch.after == Seq() || EndsBucket(batch.after);
  std::vector<Bound> bounds;
  bounds.reserve(batch.rows.size() + 1);
  bounds.push_back(Bind(*statements.raise_head, SeqValue(batch.head.seq),
                        BlobValue(std::move(head)), UuidValue(conversation), bucket,
                        begins ? NullValue() : SeqValue(batch.after)));
  for (const LogRow& row : batch.rows) {
    bounds.push_back(Bind(*statements.insert_entry, UuidValue(conversation), bucket,
                          TinyintValue(static_cast<std::int8_t>(row.log_class)), SeqValue(row.seq),
                          BlobValue(row.bytes)));
  }
  return bounds;
}

enum class Found { kNothing, kOurs, kOthers };

/// Whose entries stand where those of the batch are to stand.
Found Compare(const Rows& rows, const LogBatch& batch) {
  if (rows.empty()) return Found::kNothing;
  std::size_t ours = 0;
  for (const Row row : rows) {
    const Result<Seq> seq = ReadSeq(row[0]);
    const Result<std::string_view> bytes = ReadBlob(row[1]);
    if (!seq.ok() || !bytes.ok() || *seq <= batch.after || *seq > batch.head.seq) continue;
    const LogRow& expected = batch.rows[seq->value() - batch.after.value() - 1];
    ours += expected.bytes == *bytes ? 1 : 0;
  }
  return ours == batch.rows.size() ? Found::kOurs : Found::kOthers;
}

/// So often one batch is sent while nobody can say what became of it, and the log has not moved.
constexpr int kMaxAttempts = 3;

}  // namespace

/// One append on its way. Its steps follow each other; none runs beside another.
class LogAppender::Run : public std::enable_shared_from_this<Run> {
 public:
  Run(LogAppender& owner, std::shared_ptr<const AppendRequest> request, AppendDone done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}

  void Start() {
    batches_ = CutAppend(*request_, parts().max_batch_bytes);
    parts().active.Add(request_->conversation, [self = shared_from_this()](const Status& listed) {
      if (!listed.ok()) return self->End(AppendOutcome::kRefused);
      if (NeedsHeadBefore(self->batches_)) return self->ReadHead();
      self->WriteNext();
    });
  }

 private:
  const Parts& parts() const { return owner_.parts_; }

  /// At SERIAL: only so is it sure that the bucket before is full, and stays so.
  void ReadHead() {
    const Seq after = batches_.front().after;
    parts().session.Execute(Bind(*parts().statements.read_head_serially,
                                 UuidValue(request_->conversation), BigintValue(BucketOf(after))),
                            {}, [self = shared_from_this(), after](const Result<Rows>& rows) {
                              if (!rows.ok()) return self->End(AppendOutcome::kRefused);
                              if (rows->empty()) return self->End(AppendOutcome::kConflict);
                              const Result<std::string_view> bytes = ReadBlob((*rows)[0][0]);
                              const Result<Head> head = bytes.ok() ? wire::ReadHeadRecord(*bytes)
                                                                   : Result<Head>(bytes.status());
                              if (!head.ok()) return self->End(AppendOutcome::kRefused);
                              if (head->seq != after) return self->End(AppendOutcome::kConflict);
                              CompleteHeads(self->batches_, *head);
                              self->WriteNext();
                            });
  }

  void WriteNext() {
    attempts_ = 0;
    Send();
  }

  void Send() {
    const LogBatch& batch = batches_[written_];
    ++attempts_;
    owner_.batches_.fetch_add(1, std::memory_order_relaxed);
    owner_.batch_entries_.ObserveCount(batch.rows.size());
    sent_at_ = SteadyClock::now();
    parts().session.ExecuteBatch(
        BoundsOf(parts().statements, request_->conversation, batch),
        [self = shared_from_this()](const Result<Rows>& rows) { self->Sent(rows); });
  }

  void Sent(const Result<Rows>& rows) {
    owner_.write_seconds_.Observe(SteadyClock::now() - sent_at_);
    if (rows.ok() && rows->applied()) return Written();
    // What was sent before may be what stands in the way now.
    if (attempts_ > 1 || rows.status().code() == StatusCode::kUnknown) return Settle();
    NotWritten(rows.ok() ? AppendOutcome::kConflict : AppendOutcome::kRefused);
  }

  /// Nobody knows whether the batch was written: what contention leaves often, and a lost node. A
  /// serial read of its place ends what is under way. Entries there decide for ever, since the
  /// condition cannot hold any more. Where there are none, the batch may still come: then it is
  /// sent again, and one of them is written at most.
  void Settle() {
    const LogBatch& batch = batches_[written_];
    parts().session.Execute(
        Bind(*parts().statements.read_entries_serially, UuidValue(request_->conversation),
             BigintValue(batch.bucket()), SeqValue(batch.after.Next()), SeqValue(batch.head.seq)),
        {}, [self = shared_from_this()](const Result<Rows>& rows) { self->Settled(rows); });
  }

  void Settled(const Result<Rows>& rows) {
    if (!rows.ok()) return End(AppendOutcome::kUnknown);
    switch (Compare(*rows, batches_[written_])) {
      case Found::kOurs:
        return Written();
      case Found::kOthers:
        return NotWritten(AppendOutcome::kConflict);
      case Found::kNothing:
        return attempts_ < kMaxAttempts ? Send() : End(AppendOutcome::kUnknown);
    }
  }

  /// Once a part of the append is in the log, "nothing was written" cannot be said any more.
  void NotWritten(AppendOutcome outcome) { End(written_ == 0 ? outcome : AppendOutcome::kUnknown); }

  void Written() {
    if (++written_ < batches_.size()) return WriteNext();
    batches_.clear();
    parts().newest_buckets.Set(request_->conversation, BucketOf(request_->new_head.seq));
    if (request_->tell_logged) done_(AppendOutcome::kLogged);
    WriteAll(parts().session,
             WritesOf(parts().statements, request_->conversation, request_->effects,
                      request_->new_head.seq),
             [self = shared_from_this()](const Status& status) {
               if (!status.ok()) return self->End(AppendOutcome::kUnknown);
               self->parts().marks.Raise(self->request_->conversation,
                                         self->request_->new_head.seq);
               self->End(AppendOutcome::kCommitted);
             });
  }

  void End(AppendOutcome outcome) {
    if (outcome == AppendOutcome::kCommitted) {
      owner_.requests_.fetch_add(1, std::memory_order_relaxed);
      owner_.entries_.fetch_add(request_->entries.size(), std::memory_order_relaxed);
      owner_.append_seconds_.Observe(SteadyClock::now() - began_);
    }
    OpenCalls& calls = parts().calls;
    std::exchange(done_, nullptr)(outcome);
    calls.Leave();  // after it the owner may be gone
  }

  LogAppender& owner_;
  const std::shared_ptr<const AppendRequest> request_;
  AppendDone done_;
  std::vector<LogBatch> batches_;
  std::size_t written_ = 0;  ///< of batches_
  int attempts_ = 0;         ///< of the one that is next
  const SteadyClock::time_point began_ = SteadyClock::now();
  SteadyClock::time_point sent_at_;
};

void LogAppender::Append(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  assert(!request->entries.empty() && "an append has entries");
  assert(request->entries.front()->seq == request->expected_head.Next() &&
         "entries follow the head");
  assert(request->entries.back()->seq == request->new_head.seq && "the last entry is the new head");
  if (!parts_.calls.Enter()) return done(AppendOutcome::kRefused);
  std::make_shared<Run>(*this, std::move(request), std::move(done))->Start();
}

CommitStats LogAppender::stats() const {
  const std::size_t marks = parts_.marks.under_way();
  const std::size_t calls = parts_.calls.count();
  return {.syncs = batches_.load(std::memory_order_relaxed),
          .requests = requests_.load(std::memory_order_relaxed),
          .entries = entries_.load(std::memory_order_relaxed),
          .waiting = calls - std::min(calls, marks),
          .soft_rows = marks,
          .group_entries = batch_entries_.Read(),
          .append_seconds = append_seconds_.Read(),
          .write_seconds = write_seconds_.Read()};
}

}  // namespace parley::storage::cassandra
