#include "storage/rocks/database.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/utilities/checkpoint.h>

#include "storage/rocks/backup_files.h"
#include "storage/rocks/kept_logs.h"
#include "storage/rocks/reports.h"

namespace parley::storage::rocks {
namespace {

constexpr std::uint64_t kManifestBytes = std::uint64_t{64} * 1024 * 1024;
/// What opening the store takes, at most about: a manifest, an options file, the first of a log.
constexpr std::uint64_t kRestartBytes = std::uint64_t{2} * 1024 * 1024;
/// With less than this on the disk a write may meet its end. Much more than all that is written at
/// the same time.
constexpr std::uint64_t kTightBytes = std::uint64_t{64} * 1024 * 1024;
constexpr std::uint64_t kBytesPerSync = std::uint64_t{1024} * 1024;

Status Refused() {
  return Unavailable("the store does not write now: its disk is full, or the server is stopping");
}

rocksdb::DBOptions MakeDbOptions(const DatabaseOptions& options) {
  rocksdb::DBOptions db;
  if (options.env != nullptr) db.env = options.env;
  db.create_if_missing = true;
  db.paranoid_checks = true;
  // A torn record ends the log: it was not answered yet, or its fsync would have returned. (Log
  // files are not recycled: their old contents would be taken for such an end.)
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // What was read from the log stays in memory, and the log where it is: a start waits for no
  // tables to be written, and nothing is compacted because of it. See SyncKeptLogs.
  db.avoid_flush_during_recovery = true;
  // What is in the log is read again at the next start: this bounds how long that takes. What
  // earlier starts kept counts.
  db.max_total_wal_size = options.write_buffer_bytes;
  db.db_write_buffer_size = options.write_buffer_bytes;
  // Every file stays open, with its filters in memory: "never sent" needs no disk.
  db.max_open_files = -1;
  db.max_background_jobs =
      static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, 4U));
  // Writers wait for an fsync, not for a moment: they had better sleep than spin.
  db.enable_write_thread_adaptive_yield = false;
  // One thread writes nearly everything; and only so are hints used (families.cc).
  db.allow_concurrent_memtable_write = false;
  db.avoid_unnecessary_blocking_io = true;
  db.bytes_per_sync = kBytesPerSync;
  db.max_manifest_file_size = kManifestBytes;
  db.info_log_level = rocksdb::INFO_LEVEL;
  db.info_log = std::make_shared<Reports>(options.path);
  db.stats_dump_period_sec = 0;
  db.skip_stats_update_on_db_open = true;
  return db;
}

Status MakeDirectory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) {
    // Nobody else's: it holds messages and password hashes.
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (!error) return Status::Ok();
  return Unavailable(
      fmt::format("cannot make the data folder {}: {}", path.string(), error.message()));
}

std::filesystem::path StagedBackup(const std::filesystem::path& store) {
  return store.string() + ".backup";
}

/// Removes what a backup left that was moved or copied, or that the end of the process cut off.
void RemoveStagedBackup(const std::filesystem::path& store) {
  const std::filesystem::path staged = StagedBackup(store);
  std::error_code ignored;  // what stays is met by the next backup, which tells
  std::filesystem::remove_all(staged, ignored);
  std::filesystem::remove_all(staged.string() + ".tmp", ignored);  // RocksDB's, while it makes one
}

Status NewerData(const std::filesystem::path& path, std::string_view what) {
  return Internal(
      fmt::format("the data in {} was written by a newer version of Parley ({}): start that "
                  "version, or restore a backup",
                  path.string(), what));
}

/// The families that are there; one that we do not know was made by a later version.
Result<std::vector<Family>> ExistingFamilies(const std::filesystem::path& path,
                                             const rocksdb::DBOptions& options) {
  std::vector<Family> families;
  if (!std::filesystem::exists(path / "CURRENT")) {
    families.push_back(Family::kDefault);  // new: RocksDB makes this one
    return families;
  }
  std::vector<std::string> names;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, path.string(), &names);
  if (!listed.ok()) {
    return DataLoss(
        fmt::format("cannot open the data in {}: {}", path.string(), listed.ToString()));
  }
  for (const std::string& name : names) {
    const std::optional<Family> family = FamilyOfName(name);
    if (!family) return NewerData(path, fmt::format("it has \"{}\"", name));
    families.push_back(*family);
  }
  return families;
}

Status OpenError(const rocksdb::Status& status, const std::filesystem::path& path) {
  const std::string detail = status.ToString();
  if (status.IsIOError() && detail.find("LOCK") != std::string::npos) {
    return Unavailable(
        fmt::format("the data folder {} is in use by another process (or not writable for this "
                    "one): stop it, or choose another "
                    "folder ({})",
                    path.string(), detail));
  }
  const std::string message = fmt::format("cannot open the data in {}: {}", path.string(), detail);
  return status.IsCorruption() ? DataLoss(message) : Unavailable(message);
}

}  // namespace

Status ToStatus(WriteOutcome outcome) {
  switch (outcome) {
    case WriteOutcome::kWritten:
      return Status::Ok();
    case WriteOutcome::kRefused:
      return Refused();
    case WriteOutcome::kUnknown:
      break;
  }
  return Status(StatusCode::kUnknown, "the disk failed while this was written");
}

Status ToStatus(const rocksdb::Status& status, Family family) {
  if (status.ok()) return Status::Ok();
  const std::string message = fmt::format("reading {}: {}", FamilyName(family), status.ToString());
  if (status.IsCorruption()) return DataLoss(message);
  if (status.IsInvalidArgument() || status.IsNotSupported()) return Internal(message);
  return Unavailable(message);
}

rocksdb::ReadOptions OptionsOf(Depth depth, const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  if (depth == Depth::kMemory) options.read_tier = rocksdb::kBlockCacheTier;
  return options;
}

Result<std::unique_ptr<Database>> Database::Open(DatabaseOptions options) {
  PARLEY_TRY(MakeDirectory(options.path));
  std::unique_ptr<Database> database(new Database(std::move(options)));
  PARLEY_TRY(database->OpenFiles());
  RemoveStagedBackup(database->options_.path);
  return database;
}

Database::Database(DatabaseOptions options) : options_(std::move(options)) {}

Status Database::OpenFiles() {
  const rocksdb::DBOptions db_options = MakeDbOptions(options_);
  PARLEY_ASSIGN(const std::vector<Family> existing, ExistingFamilies(options_.path, db_options));
  const FamilyResources resources{
      .block_cache = rocksdb::NewLRUCache(options_.block_cache_bytes),
      .write_buffer_bytes = options_.write_buffer_bytes,
      .clock = options_.clock != nullptr ? *options_.clock : system_clock_};
  const auto describe = [&](Family family) {
    return rocksdb::ColumnFamilyDescriptor(std::string(FamilyName(family)),
                                           FamilyOptions(family, resources));
  };

  if (options_.sync) PARLEY_TRY(SyncKeptLogs(*db_options.env->GetFileSystem(), options_.path));
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(kFamilyCount);
  for (const Family family : existing) descriptors.push_back(describe(family));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(db_options, options_.path.string(), descriptors, &handles, &db);
  if (!status.ok()) return OpenError(status, options_.path);
  db_.reset(db);
  KeepHandles(handles);

  // All at once: RocksDB would make them one by one, and write down its options for each.
  descriptors.clear();
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    if (handles_[i] == nullptr) descriptors.push_back(describe(static_cast<Family>(i)));
  }
  if (descriptors.empty()) return Status::Ok();
  handles.clear();
  status = db_->CreateColumnFamilies(descriptors, &handles);
  KeepHandles(handles);
  return status.ok() ? Status::Ok() : OpenError(status, options_.path);
}

void Database::KeepHandles(const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (const std::optional<Family> family = FamilyOfName(handle->GetName())) {
      handles_[static_cast<std::size_t>(*family)] = handle;
    }
  }
}

Database::~Database() {
  if (db_ == nullptr) return;
  StopWrites();
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    if (handle == nullptr) continue;
    // Only fails for handles that RocksDB itself owns.
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  // Everything that was answered is in the log already; a failure to close loses nothing.
  db_->Close().PermitUncheckedError();
}

WriteOutcome Database::Write(rocksdb::WriteBatch& batch, Durability durability) {
  // Where one may fail for want of room, none enters beside it: RocksDB does not expect a write
  // behind a torn record, and may abort.
  std::unique_lock alone(tight_, std::defer_lock);
  std::uint64_t free = FreeBytes();
  if (free < kTightBytes) {
    alone.lock();
    free = FreeBytes();
  }
  if (failed_ || stopped_ || !IsRoom(free)) return WriteOutcome::kRefused;
  if (!log_works_) {
    // The log ends with half a record, and RocksDB 7.8 may go on behind it, where a restart would
    // not find what it writes. There is room for a restart now.
    ReportFatal("its log could not be written while the disk was full");
    return WriteOutcome::kRefused;
  }
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced && options_.sync;
  const rocksdb::Status status = db_->Write(options, &batch);
  if (status.ok()) return WriteOutcome::kWritten;
  log_works_ = false;
  // A record that did not fit into the log is not found by a restart. One that could not be synced
  // may be there or not.
  const std::string what = status.ToString();
  if (status.IsNoSpace() && what.find("sync") == std::string::npos) return WriteOutcome::kRefused;
  ReportFatal(what);
  return WriteOutcome::kUnknown;
}

std::uint64_t Database::FreeBytes() const {
  std::uint64_t bytes = 0;
  const rocksdb::IOStatus status = db_->GetFileSystem()->GetFreeSpace(
      options_.path.string(), rocksdb::IOOptions(), &bytes, nullptr);
  return status.ok() ? bytes : std::numeric_limits<std::uint64_t>::max();  // the write will tell
}

bool Database::IsRoom(std::uint64_t free_bytes) const {
  // A restart writes a little before it serves: without room for that it had better not be tried.
  const std::uint64_t needed =
      log_works_ ? options_.min_free_bytes : std::max(options_.min_free_bytes, kRestartBytes);
  return free_bytes >= needed;
}

std::uint64_t Database::disk_bytes() const {
  std::uint64_t files = 0;
  std::uint64_t in_log = 0;
  // One that RocksDB does not tell counts as nothing.
  db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
  db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &in_log);
  return files + in_log;
}

Status Database::health() const {
  if (failed_) return Unavailable("the disk failed: the server must be started again");
  if (stopped_) return Unavailable("the store is closed");
  if (!IsRoom(FreeBytes())) {
    return Unavailable(
        fmt::format("the disk is full: less than {} bytes (storage.min_free_bytes) are free; make "
                    "room, and writing goes on by itself",
                    options_.min_free_bytes));
  }
  if (!log_works_) return Unavailable("the disk was full in the middle of a write");
  return Status::Ok();
}

Status Database::BackUp(const std::string& folder, const std::stop_token& stop) const {
  const auto failed = [&](std::string_view why) {
    return Unavailable(fmt::format("the backup in {} failed: {}", folder, why));
  };
  std::error_code error;
  if (std::filesystem::exists(folder, error)) return failed("it is there already");
  // Beside the store first: there files are linked, which does not take long. RocksDB itself would
  // copy them to another file system in one go, which nothing could end.
  const std::filesystem::path staged = StagedBackup(options_.path);
  RemoveStagedBackup(options_.path);
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  // 0: what is only in memory and in the log goes to a file first, whatever its size.
  if (status.ok()) status = checkpoint->CreateCheckpoint(staged.string(), 0);
  if (!status.ok()) return failed(status.ToString());
  std::filesystem::permissions(staged, std::filesystem::perms::owner_all, error);
  const Status placed = MoveOrCopyFolder(staged, folder, stop);
  RemoveStagedBackup(options_.path);
  return placed.ok() ? Status::Ok() : failed(placed.message());
}

void Database::ReportFatal(std::string_view what) {
  if (failed_.exchange(true)) return;
  if (options_.on_fatal) {
    options_.on_fatal(
        fmt::format("the store in {} cannot be written: {}", options_.path.string(), what));
  }
}

Result<bool> Database::Get(Family family, std::string_view key, rocksdb::PinnableSlice& value,
                           Depth depth) const {
  value.Reset();
  const rocksdb::Status status = db_->Get(OptionsOf(depth), this->family(family), key, &value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return ToStatus(status, family);
}

Result<Rows> Database::MultiGet(Family family, std::span<const Key> keys, Depth depth,
                                const rocksdb::Snapshot* snapshot) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  const rocksdb::ReadOptions options = OptionsOf(depth, snapshot);
  if (depth == Depth::kMemory) {
    // One by one: RocksDB's MultiGet goes to the disk for blocks even where it may not.
    for (std::size_t i = 0; i < keys.size(); ++i) {
      statuses[i] = db_->Get(options, this->family(family), slices[i], &values[i]);
    }
  } else {
    db_->MultiGet(options, this->family(family), keys.size(), slices.data(), values.data(),
                  statuses.data());
  }
  std::vector<bool> found(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!statuses[i].ok() && !statuses[i].IsNotFound()) return ToStatus(statuses[i], family);
    found[i] = statuses[i].ok();
  }
  return Rows(std::move(values), std::move(found));
}

bool Database::MayExist(Family family, std::string_view key) const {
  rocksdb::PinnableSlice value;
  // Not KeyMayExist: it takes an error for "no".
  return !db_->Get(OptionsOf(Depth::kMemory), this->family(family), key, &value).IsNotFound();
}

void Database::StopWrites() {
  if (stopped_.exchange(true) || !log_works_) return;
  // What was only logged; what must be on the disk is there already. (RocksDB aborts when a log
  // that could not be written is to be synced.)
  db_->SyncWAL().PermitUncheckedError();
}

}  // namespace parley::storage::rocks
