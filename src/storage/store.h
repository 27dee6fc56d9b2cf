#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "metrics/histogram.h"
#include "storage/account_store.h"
#include "storage/admin_store.h"
#include "storage/conversation_store.h"
#include "storage/meta_store.h"

namespace parley::storage {

/// What the committer of a local store has done so far.
struct CommitStats {
  std::uint64_t syncs = 0;                      ///< fsyncs of the log (write batches)
  std::uint64_t requests = 0;                   ///< appends committed
  std::uint64_t entries = 0;                    ///< entries committed
  std::size_t waiting = 0;                      ///< appends that wait for the group under way
  std::size_t soft_rows = 0;                    ///< rows that wait to be written without an fsync
  metrics::Histogram::Snapshot group_entries;   ///< entries per group
  metrics::Histogram::Snapshot append_seconds;  ///< from being handed over to being durable
  metrics::Histogram::Snapshot write_seconds;   ///< of one group: written and synced
};

/// A database, open: the stores on one engine. Any thread. Outlives every task that uses it.
class Store {
 public:
  virtual ~Store() = default;

  virtual ConversationStore& conversations() = 0;
  virtual AccountStore& accounts() = 0;
  virtual AdminStore& admin() = 0;
  virtual MetaStore& meta() = 0;

  virtual CommitStats commit_stats() const = 0;
  /// What the data take on the disk, about; 0 in memory. Any thread; touches no file.
  virtual std::uint64_t disk_bytes() const = 0;

  /// Whether writes are taken now; if not, kUnavailable with the reason. Any thread; asks the file
  /// system for its free room, and waits for nothing else.
  virtual Status health() const = 0;

  /// Makes a copy of everything at this moment, to open as a store of its own: in `folder`, which
  /// must not exist yet (its parent must). Writing goes on meanwhile. One at a time. Blocks on the
  /// disk, but is given up soon after `stop` is requested; from no shard. kUnavailable, with the
  /// reason and nothing left behind, where it cannot be made.
  virtual Status BackUp(const std::string& folder, const std::stop_token& stop) = 0;

  /// Ends what is under way: appends that were taken are committed or refused, then nothing more is
  /// written. Idempotent. Called before the destructor, from no shard.
  virtual void Stop() = 0;
};

}  // namespace parley::storage
