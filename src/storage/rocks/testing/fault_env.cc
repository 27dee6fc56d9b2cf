#include "storage/rocks/testing/fault_env.h"

#include <string>
#include <utility>

#include <rocksdb/file_system.h>

namespace parley::storage::rocks {
namespace {

using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

/// A file of RocksDB's log. The messages are those of the real one.
class FaultLog : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultLog(FaultEnv& faults, std::unique_ptr<FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    if (faults_.fault() != Fault::kNoSpace) {
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    const rocksdb::Slice half(data.data(), data.size() / 2);
    const IOStatus written = FSWritableFileOwnerWrapper::Append(half, options, debug);
    return written.ok() ? IOStatus::NoSpace("While appending to file", "the log") : written;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    faults_.BeforeSync();
    if (faults_.fault() == Fault::kNoSpaceAtSync) {
      return IOStatus::NoSpace("While fdatasync", "the log");
    }
    if (faults_.fault() == Fault::kSyncFails)
      return IOStatus::IOError("While fdatasync", "the log");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  FaultEnv& faults_;
};

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(FaultEnv& faults)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(faults) {}

  const char* Name() const override { return "parley.faults"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override {
    const IOStatus opened = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (opened.ok() && name.ends_with(".log")) {
      *file = std::make_unique<FaultLog>(faults_, std::move(*file));
    }
    return opened;
  }

  IOStatus GetFreeSpace(const std::string& path, const IOOptions& options, std::uint64_t* bytes,
                        IODebugContext* debug) override {
    if (const std::optional<std::uint64_t> set = faults_.free_bytes()) {
      *bytes = *set;
      return IOStatus::OK();
    }
    return FileSystemWrapper::GetFreeSpace(path, options, bytes, debug);
  }

 private:
  FaultEnv& faults_;
};

}  // namespace

FaultEnv::FaultEnv() : env_(rocksdb::NewCompositeEnv(std::make_shared<FaultFileSystem>(*this))) {}

FaultEnv::~FaultEnv() = default;

void FaultEnv::Set(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
}

Fault FaultEnv::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

void FaultEnv::SetFreeBytes(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  free_bytes_ = bytes;
}

std::optional<std::uint64_t> FaultEnv::free_bytes() const {
  const std::lock_guard lock(mutex_);
  return free_bytes_;
}

void FaultEnv::HoldSyncs() {
  const std::lock_guard lock(mutex_);
  hold_ = true;
}

void FaultEnv::ReleaseSyncs() {
  {
    const std::lock_guard lock(mutex_);
    hold_ = false;
  }
  changed_.notify_all();
}

void FaultEnv::AwaitHeldSync() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return held_ > 0; });
}

void FaultEnv::BeforeSync() {
  std::unique_lock lock(mutex_);
  if (!hold_) return;
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !hold_; });
  --held_;
}

}  // namespace parley::storage::rocks
