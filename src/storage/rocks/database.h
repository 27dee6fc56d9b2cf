#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "storage/rocks/families.h"
#include "storage/rocks/keys.h"

namespace parley::storage::rocks {

struct DatabaseOptions {
  std::filesystem::path path;
  Clock* clock = nullptr;  ///< tells what has expired; outlives the database. Null: the system's
  std::size_t block_cache_bytes;
  std::size_t write_buffer_bytes;
  std::uint64_t min_free_bytes;  ///< with less room on the disk writes are refused
  bool sync = true;
  UniqueFunction<void(std::string_view)> on_fatal = nullptr;
  rocksdb::Env* env =
      nullptr;  ///< null: RocksDB's own; tests put faults there. Outlives the database
};

enum class Durability {
  kSynced,  ///< on the disk when answered
  kLogged,  ///< with the kernel when answered: survives the process, not the machine
};

/// How far a read goes for its rows.
enum class Depth {
  kMemory,  ///< no further than what is in memory: never blocks. kUnavailable where that is not all
  kDisk,    ///< as far as it takes
};

/// So many rows a shard may read by itself from memory: about a page of messages, which to show
/// costs it more.
inline constexpr std::size_t kQuickRows = 256;

enum class WriteOutcome {
  kWritten,
  kRefused,  ///< nothing was written: no room, or stopped
  kUnknown,  ///< the disk failed; it was reported as fatal
};

/// A write's outcome for who asked for it.
Status ToStatus(WriteOutcome outcome);
/// A read's error, converted once.
Status ToStatus(const rocksdb::Status& status, Family family);
/// What a read of that depth says to RocksDB: of the state of `snapshot`, or the latest.
rocksdb::ReadOptions OptionsOf(Depth depth, const rocksdb::Snapshot* snapshot = nullptr);

/// Rows of one family that were looked up together; in the order of their keys.
class Rows {
 public:
  Rows(std::vector<rocksdb::PinnableSlice> values, std::vector<bool> found)
      : values_(std::move(values)), found_(std::move(found)) {}

  std::size_t size() const { return found_.size(); }
  bool has(std::size_t i) const { return found_[i]; }
  /// Only of a row that is there. Valid while this lives.
  std::string_view bytes(std::size_t i) const { return values_[i].ToStringView(); }

 private:
  std::vector<rocksdb::PinnableSlice> values_;
  std::vector<bool> found_;
};

/// One directory with one RocksDB in it. Any thread; every call may block on the disk, but those
/// that go no deeper than memory.
class Database {
 public:
  /// Creates what is missing. kUnavailable if another process has the directory open; kInternal if
  /// it was written by a newer version of the program.
  static Result<std::unique_ptr<Database>> Open(DatabaseOptions options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// All or nothing. After an error of the disk everything is refused, and it is reported as fatal,
  /// once: what a failed fsync left behind cannot be known. (Where RocksDB's log met a full disk,
  /// it is reported once there is room again: until then reads go on, and a restart would not.)
  WriteOutcome Write(rocksdb::WriteBatch& batch, Durability durability);

  /// Whether there is such a row; `value` holds its bytes then.
  Result<bool> Get(Family family, std::string_view key, rocksdb::PinnableSlice& value,
                   Depth depth = Depth::kDisk) const;
  /// Sees the state of `snapshot`, or the latest.
  Result<Rows> MultiGet(Family family, std::span<const Key> keys, Depth depth = Depth::kDisk,
                        const rocksdb::Snapshot* snapshot = nullptr) const;
  /// False only if there is no such row. Never touches the disk.
  bool MayExist(Family family, std::string_view key) const;

  /// What the files take, about: those of rows, and the log as far as it is not in them yet.
  std::uint64_t disk_bytes() const;

  /// Whether writes are taken now; if not, kUnavailable with what to do.
  Status health() const;

  /// A checkpoint of RocksDB in `folder`, which must not exist: files that do not change any more
  /// are linked where they are on the same file system, and copied elsewhere, until `stop` is
  /// requested. One at a time.
  Status BackUp(const std::string& folder, const std::stop_token& stop) const;

  /// Syncs what was written and refuses all that comes. Idempotent.
  void StopWrites();

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }

 private:
  explicit Database(DatabaseOptions options);

  Status OpenFiles();
  void KeepHandles(const std::vector<rocksdb::ColumnFamilyHandle*>& handles);
  std::uint64_t FreeBytes() const;
  bool IsRoom(std::uint64_t free_bytes) const;
  void ReportFatal(std::string_view what);

  DatabaseOptions options_;
  SystemClock system_clock_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopped_{false};
  std::mutex tight_;                   // held by a write while there is little room
  std::atomic<bool> log_works_{true};  ///< no write of RocksDB's log has failed
};

}  // namespace parley::storage::rocks
