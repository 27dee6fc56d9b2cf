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

/// Group commit: one thread that takes whatever gathered while the last write was being synced, and
/// writes it as the next group. Latency is one fsync; throughput is not bound by it. (P. Helland et
/// al., "Group Commit Timers and High Volume Transaction Systems", 1988.)
///
/// What waits is bounded by who submits: an actor has one append under way at a time.
class GroupCommitter {
 public:
  /// Groups end at `max_entries` entries or about `max_bytes` of text, so that one write stays
  /// short.
  explicit GroupCommitter(LogWriter& writer, std::size_t max_entries = 4'096,
                          std::size_t max_bytes = std::size_t{4} * 1024 * 1024);
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
  std::vector<PendingAppend> TakeGroup();
  void Complete(std::vector<PendingAppend>& group, bool synced);

  LogWriter& writer_;
  const std::size_t max_entries_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<PendingAppend> waiting_;  // guarded by mutex_
  bool stopping_ = false;               // guarded by mutex_
  CommitStats stats_;                   // guarded by mutex_; the counts alone
  metrics::Histogram group_entries_ = metrics::Histogram::OfCounts();
  metrics::Histogram append_seconds_{metrics::Histogram::SecondsBounds()};
  metrics::Histogram write_seconds_{metrics::Histogram::SecondsBounds()};
  std::thread thread_;
};

}  // namespace parley::storage
