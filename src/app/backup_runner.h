#pragma once

#include <atomic>
#include <stop_token>
#include <string>

#include "base/status.h"
#include "runtime/blocking_pool.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::app {

/// Makes the operator's backups, one at a time, on a thread of its own: a copy takes as long as the
/// data is large, and nothing else of the server must wait for it.
class BackupRunner {
 public:
  /// `store` outlives it.
  explicit BackupRunner(storage::Store& store) : store_(store) {}

  /// Makes a folder as a server may be started on it. kInvalidArgument: it cannot be made, or is
  /// not empty; kConflict: another backup is under way; kUnavailable: the copy failed, or was given
  /// up for Stop. Await on a shard.
  runtime::Task<Status> Run(std::string folder);

  /// Gives up what is under way and takes nothing more. Waits for the thread, which is soon; from
  /// no shard. Idempotent.
  void Stop();

 private:
  Status Make(const std::string& folder);

  storage::Store& store_;
  std::atomic<bool> running_{false};
  std::stop_source stop_;
  runtime::BlockingPool thread_{1, 1};
};

}  // namespace parley::app
