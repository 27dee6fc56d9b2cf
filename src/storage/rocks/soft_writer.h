#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/blocking_pool.h"
#include "runtime/completer.h"
#include "runtime/task.h"
#include "storage/rocks/database.h"

namespace parley::storage::rocks {

/// A value to be merged into a row.
struct RowMerge {
  Family family;
  std::string key;
  std::string value;
};

/// Writes what need not be fsynced: positions, times. RocksDB makes such writes wait for the fsync
/// of the committer; so one thread of the pool at most is at it, with whatever gathered meanwhile,
/// and the others go on reading. Any thread.
class SoftWriter {
 public:
  SoftWriter(Database& db, runtime::BlockingPool& pool) : db_(db), pool_(pool) {}
  ~SoftWriter() { Stop(); }
  SoftWriter(const SoftWriter&) = delete;
  SoftWriter& operator=(const SoftWriter&) = delete;

  /// Merges all rows at once. Seen by every read after its answer.
  runtime::Task<Status> Merge(std::vector<RowMerge> rows);

  /// Rows that wait; at most kMaxWaitingRows.
  std::size_t waiting_rows() const;

  /// More rows than this, behind a disk that does not keep up, are refused.
  static constexpr std::size_t kMaxWaitingRows = 100'000;

  /// Awaits the writes under way; later ones are refused. Idempotent.
  void Stop();

 private:
  struct Waiting {
    std::vector<RowMerge> rows;
    runtime::Completer<Status> done;
  };

  void Take(Waiting waiting);
  void Drain();
  WriteOutcome WriteAll(const std::vector<Waiting>& group);

  Database& db_;
  runtime::BlockingPool& pool_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::vector<Waiting> waiting_;  // guarded by mutex_
  std::size_t waiting_rows_ = 0;  // guarded by mutex_
  bool draining_ = false;         // guarded by mutex_
  bool stopping_ = false;         // guarded by mutex_
};

}  // namespace parley::storage::rocks
