#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "metrics/histogram.h"
#include "storage/conversation_store.h"
#include "storage/store.h"

namespace parley::storage {

/// An append that waits for its commit.
struct PendingAppend {
  std::shared_ptr<const AppendRequest> request;
  AppendDone done;
  AppendOutcome outcome = AppendOutcome::kRefused;  ///< set by the LogWriter
  std::chrono::steady_clock::time_point since{};    ///< when it was handed over
};

/// What a committer writes to: one atomic, durable write for a whole group.
class LogWriter {
 public:
  virtual ~LogWriter() = default;
  /// Sets the outcome of each append of the group, in order; what is kCommitted is durable on
  /// return, with one fsync for all. Called on the committer's thread. Answers whether the log was
  /// synced. An fsync error is not answered at all: the implementation reports it to the process as
  /// fatal (nothing after it can be trusted).
  virtual bool Write(std::span<PendingAppend> group) = 0;
};

struct CommitOptions {
  /// Groups end at so many entries or about so many bytes of text, so that one write stays short.
  std::size_t max_entries = 4'096;
  std::size_t max_bytes = std::size_t{4} * 1024 * 1024;
  /// A group gathers for so many times as long as the last write took, at most so long.
  int gather = 1;
  std::chrono::microseconds max_gather{500};
  /// So many appends need not gather: the fsync is a small part of what each costs.
  std::size_t enough = 4;
};

/// Group commit: one thread that takes whatever gathered while the last write was being synced, and
/// writes it as the next group. Latency is one fsync; throughput is not bound by it. (P. Helland et
/// al., "Group Commit Timers and High Volume Transaction Systems", 1988.)
///
/// Where something came while the last group was written, more is on its way: then a group waits a
/// little for it, since an fsync of its own is what a message costs most by far. Who is alone is
/// written at once.
///
/// What waits is bounded by who submits: an actor has one append under way at a time.
class GroupCommitter {
 public:
  explicit GroupCommitter(LogWriter& writer, const CommitOptions& options = {});
  ~GroupCommitter();
  GroupCommitter(const GroupCommitter&) = delete;
  GroupCommitter& operator=(const GroupCommitter&) = delete;

  /// Any thread; never blocks. After Stop it is refused at once.
  void Submit(std::shared_ptr<const AppendRequest> request, AppendDone done);

  /// Writes what waits, then ends the thread. Idempotent.
  void Stop();

  CommitStats stats() const;

 private:
  void Loop();
  void Gather(std::unique_lock<std::mutex>& lock);
  std::vector<PendingAppend> TakeGroup();
  void Complete(std::vector<PendingAppend>& group, bool synced);

  LogWriter& writer_;
  const CommitOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<PendingAppend> waiting_;  // guarded by mutex_
  bool gathering_ = false;              // guarded by mutex_
  bool stopping_ = false;               // guarded by mutex_
  CommitStats stats_;                   // guarded by mutex_; the counts alone
  metrics::Histogram group_entries_ = metrics::Histogram::OfCounts();
  metrics::Histogram append_seconds_{metrics::Histogram::SecondsBounds()};
  metrics::Histogram write_seconds_{metrics::Histogram::SecondsBounds()};
  // Of the committer's thread alone.
  bool more_came_ = false;  ///< while the last group was written
  std::chrono::steady_clock::time_point gather_until_;
  std::thread thread_;
};

}  // namespace parley::storage
