#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include <rocksdb/env.h>

namespace parley::storage::rocks {

/// What the disk does to the next write of RocksDB's log.
enum class Fault {
  kNone,
  kNoSpace,        ///< half of the record is written, then the disk is full
  kNoSpaceAtSync,  ///< the record is written, but there is no room to sync it
  kSyncFails,      ///< the record is written, and the disk fails to sync it
};

/// The file system, with faults in RocksDB's log on demand. Any thread.
class FaultEnv {
 public:
  FaultEnv();
  ~FaultEnv();

  /// For DatabaseOptions::env.
  rocksdb::Env* env() { return env_.get(); }

  /// Every append (or sync) of the log meets the fault, until it is kNone again.
  void Set(Fault fault);

  /// What the disk says it has left; the real figure unless set.
  void SetFreeBytes(std::optional<std::uint64_t> bytes);

  /// From now on syncs of the log wait until released, as on a slow disk.
  void HoldSyncs();
  void ReleaseSyncs();
  /// Waits until one does.
  void AwaitHeldSync();

  // -- For the files
  Fault fault() const;
  std::optional<std::uint64_t> free_bytes() const;
  void BeforeSync();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Fault fault_ = Fault::kNone;               // guarded by mutex_
  std::optional<std::uint64_t> free_bytes_;  // guarded by mutex_
  bool hold_ = false;                        // guarded by mutex_
  std::size_t held_ = 0;                     // guarded by mutex_
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace parley::storage::rocks
