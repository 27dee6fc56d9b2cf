#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include <rocksdb/env.h>

namespace parley::storage::rocks {

/// The files of RocksDB.
enum class FileKind : std::size_t {
  kLog,       ///< its write-ahead log
  kTable,     ///< what flushes and compactions write
  kManifest,  ///< which tables there are
};
inline constexpr std::size_t kFileKinds = 3;

/// What the disk does to the next write of a file.
enum class Fault {
  kNone,
  kNoSpace,        ///< half of the record is written, then the disk is full
  kNoSpaceAtSync,  ///< the record is written, but there is no room to sync it
  kSyncFails,      ///< the record is written, and the disk fails to sync it
  kShortWrite,     ///< half of the record is written, then the disk fails
  kOpenFails,      ///< no new file can be made
};

/// The file system, with faults in RocksDB's files on demand. Any thread.
class FaultEnv {
 public:
  FaultEnv();
  ~FaultEnv();

  /// For DatabaseOptions::env.
  rocksdb::Env* env() { return env_.get(); }

  /// Every append (sync, opening) of such files meets the fault, until it is kNone again.
  void Set(FileKind kind, Fault fault);
  /// The same for the log.
  void Set(Fault fault) { Set(FileKind::kLog, fault); }

  /// What the disk says it has left; the real figure unless set.
  void SetFreeBytes(std::optional<std::uint64_t> bytes);

  /// From now on syncs of the log wait until released, as on a slow disk.
  void HoldSyncs();
  void ReleaseSyncs();
  /// Waits until one does.
  void AwaitHeldSync();

  // -- For the files
  Fault fault(FileKind kind) const;
  std::optional<std::uint64_t> free_bytes() const;
  void BeforeSync();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Fault, kFileKinds> faults_{};   // guarded by mutex_; kNone is the first
  std::optional<std::uint64_t> free_bytes_;  // guarded by mutex_
  bool hold_ = false;                        // guarded by mutex_
  std::size_t held_ = 0;                     // guarded by mutex_
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace parley::storage::rocks
