#include "storage/rocks/source_files.h"

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <rocksdb/cache.h>

#include "storage/rocks/database.h"
#include "storage/rocks/schema.h"

namespace parley::storage::rocks {
namespace {

constexpr std::size_t kBlockCacheBytes = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kWriteBufferBytes = std::size_t{64} * 1024 * 1024;
/// Few are read at a time, and this process need not have as many as a server.
constexpr int kOpenFiles = 256;

/// RocksDB's reports would go into the folder.
class NoReports final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, std::va_list /*arguments*/) override {}
};

rocksdb::DBOptions MakeOptions() {
  rocksdb::DBOptions options;
  options.create_if_missing = false;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_open_files = kOpenFiles;
  options.info_log = std::make_shared<NoReports>();
  options.stats_dump_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  return options;
}

Status OtherVersion(const std::filesystem::path& path, std::string_view what) {
  return Internal(fmt::format(
      "the data in {} were written by a newer version of Parley ({}): move them with that version",
      path.string(), what));
}

Status CannotRead(const std::filesystem::path& path, const rocksdb::Status& status) {
  const std::string message =
      fmt::format("cannot read the data in {}: {}", path.string(), status.ToString());
  return status.IsCorruption() ? DataLoss(message) : Unavailable(message);
}

Status InUse(const std::filesystem::path& path) {
  return Unavailable(fmt::format(
      "the data in {} are in use by another process: stop the server that runs on them first",
      path.string()));
}

/// Of this open file, not of the process: so it meets a store that this very process has open too.
Status TakeLock(int file, short type, const std::filesystem::path& path) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file, F_OFD_SETLK, &lock) == 0) return Status::Ok();
  if (errno == EACCES || errno == EAGAIN) return InUse(path);
  return Unavailable(fmt::format("cannot lock the data in {}: {}", path.string(),
                                 std::generic_category().message(errno)));
}

}  // namespace

Result<std::unique_ptr<SourceFiles>> SourceFiles::Open(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path / "CURRENT", error)) {
    if (error) {
      return Unavailable(fmt::format("cannot read {}: {}", path.string(), error.message()));
    }
    return NotFound(fmt::format("{} holds no store of a parleyd", path.string()));
  }
  std::unique_ptr<SourceFiles> files(new SourceFiles(path));
  PARLEY_TRY(files->Lock());
  PARLEY_TRY(files->OpenFamilies());
  PARLEY_TRY(files->CheckLayout());
  return files;
}

SourceFiles::~SourceFiles() {
  for (rocksdb::ColumnFamilyHandle* const handle : handles_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db_.reset();
  if (lock_ >= 0) ::close(lock_);
}

Status SourceFiles::Lock() {
  const std::string file = (path_ / "LOCK").string();
  lock_ = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (lock_ >= 0) return TakeLock(lock_, F_WRLCK, path_);
  // A copy need not have one; it is not made, since nothing here is changed.
  if (errno == ENOENT) return Status::Ok();
  // On a file system that is read-only: enough to meet a server.
  lock_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock_ >= 0) return TakeLock(lock_, F_RDLCK, path_);
  return Unavailable(fmt::format("cannot read {}: {}: run this as the user of the server", file,
                                 std::generic_category().message(errno)));
}

Status SourceFiles::OpenFamilies() {
  const rocksdb::DBOptions options = MakeOptions();
  std::vector<std::string> names;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(options, path_.string(), &names);
  if (!status.ok()) return CannotRead(path_, status);

  const FamilyResources resources{.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes),
                                  .write_buffer_bytes = kWriteBufferBytes,
                                  .clock = clock_};
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(names.size());
  for (const std::string& name : names) {
    const std::optional<Family> family = FamilyOfName(name);
    if (!family) return OtherVersion(path_, fmt::format("they have \"{}\"", name));
    descriptors.emplace_back(name, FamilyOptions(*family, resources));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  status = rocksdb::DB::OpenForReadOnly(options, path_.string(), descriptors, &handles, &db);
  if (!status.ok()) return CannotRead(path_, status);
  db_.reset(db);
  for (rocksdb::ColumnFamilyHandle* const handle : handles) {
    if (const std::optional<Family> family = FamilyOfName(handle->GetName())) {
      handles_[static_cast<std::size_t>(*family)] = handle;
    }
  }
  return Status::Ok();
}

Status SourceFiles::CheckLayout() const {
  std::string stored;
  const rocksdb::Status read =
      family(Family::kMeta) == nullptr
          ? rocksdb::Status::NotFound()
          : db_->Get(rocksdb::ReadOptions(), family(Family::kMeta), kSchemaVersionKey, &stored);
  if (!read.ok() && !read.IsNotFound()) return CannotRead(path_, read);
  if (stored == std::to_string(kSchemaVersion)) {
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      if (handles_[i] != nullptr) continue;
      return DataLoss(fmt::format("the data in {} are damaged: \"{}\" is missing", path_.string(),
                                  FamilyName(static_cast<Family>(i))));
    }
    return Status::Ok();
  }
  PARLEY_ASSIGN(const std::uint32_t version,
                read.ok() ? ParseSchemaVersion(stored) : Result<std::uint32_t>(0));
  if (version > kSchemaVersion) {
    return OtherVersion(path_,
                        fmt::format("layout {}, this program knows {}", version, kSchemaVersion));
  }
  return Internal(fmt::format(
      "the data in {} were written by an older version of Parley (layout {}, this program's is "
      "{}): start this version's server on them once, which brings them forward, and stop it",
      path_.string(), version, kSchemaVersion));
}

}  // namespace parley::storage::rocks
