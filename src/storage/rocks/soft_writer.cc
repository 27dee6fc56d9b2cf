#include "storage/rocks/soft_writer.h"

#include <utility>

namespace parley::storage::rocks {

runtime::Task<Status> SoftWriter::Merge(std::vector<RowMerge> rows) {
  if (rows.empty()) co_return Status::Ok();
  co_return co_await runtime::AwaitCompletion<Status>(
      [this, &rows](runtime::Completer<Status> done) {
        Take({.rows = std::move(rows), .done = std::move(done)});
      });
}

void SoftWriter::Take(Waiting waiting) {
  // Where it is not taken, its completer answers kUnavailable when it goes.
  std::vector<Waiting> refused;
  const std::lock_guard lock(mutex_);
  if (stopping_ || waiting_rows_ + waiting.rows.size() > kMaxWaitingRows) return;
  waiting_rows_ += waiting.rows.size();
  waiting_.push_back(std::move(waiting));
  if (draining_) return;
  draining_ = pool_.Submit([this] { Drain(); });
  if (draining_) return;
  waiting_rows_ = 0;
  refused.swap(waiting_);
}

std::size_t SoftWriter::waiting_rows() const {
  const std::lock_guard lock(mutex_);
  return waiting_rows_;
}

void SoftWriter::Drain() {
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    std::vector<Waiting> group;
    group.swap(waiting_);
    waiting_rows_ = 0;
    lock.unlock();
    const Status status = ToStatus(WriteAll(group));
    for (Waiting& waiting : group) waiting.done(status);
    group.clear();
    lock.lock();
  }
  draining_ = false;
  // Under the lock: whoever waits for it may destroy this.
  idle_.notify_all();
}

WriteOutcome SoftWriter::WriteAll(const std::vector<Waiting>& group) {
  rocksdb::WriteBatch batch;
  for (const Waiting& waiting : group) {
    for (const RowMerge& row : waiting.rows) {
      // Fails only for batches with a size limit.
      batch.Merge(db_.family(row.family), row.key, row.value).PermitUncheckedError();
    }
  }
  return db_.Write(batch, Durability::kLogged);
}

void SoftWriter::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] { return !draining_; });
}

}  // namespace parley::storage::rocks
