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

/// What a file is by its name; nothing for those that meet no faults.
std::optional<FileKind> KindOf(const std::string& name) {
  if (name.ends_with(".log")) return FileKind::kLog;
  if (name.ends_with(".sst")) return FileKind::kTable;
  if (name.find("/MANIFEST-") != std::string::npos) return FileKind::kManifest;
  return std::nullopt;
}

/// A file that meets faults. The messages are those of the real one.
class FaultFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(FaultEnv& faults, FileKind kind, std::unique_ptr<FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults), kind_(kind) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    const Fault fault = faults_.fault(kind_);
    if (fault != Fault::kNoSpace && fault != Fault::kShortWrite) {
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    const rocksdb::Slice half(data.data(), data.size() / 2);
    const IOStatus written = FSWritableFileOwnerWrapper::Append(half, options, debug);
    if (!written.ok()) return written;
    return fault == Fault::kNoSpace ? IOStatus::NoSpace("While appending to file", "a test")
                                    : IOStatus::IOError("While appending to file", "a test");
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (kind_ == FileKind::kLog) faults_.BeforeSync();
    const Fault fault = faults_.fault(kind_);
    if (fault == Fault::kNoSpaceAtSync) return IOStatus::NoSpace("While fdatasync", "a test");
    if (fault == Fault::kSyncFails) return IOStatus::IOError("While fdatasync", "a test");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  FaultEnv& faults_;
  const FileKind kind_;
};

/// A file of an earlier process, which is only synced.
class FaultOldFile : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  FaultOldFile(FaultEnv& faults, FileKind kind, std::unique_ptr<rocksdb::FSRandomRWFile> file)
      : FSRandomRWFileOwnerWrapper(std::move(file)), faults_(faults), kind_(kind) {}

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (faults_.fault(kind_) == Fault::kSyncFails) {
      return IOStatus::IOError("While fdatasync", "a test");
    }
    return FSRandomRWFileOwnerWrapper::Sync(options, debug);
  }

 private:
  FaultEnv& faults_;
  const FileKind kind_;
};

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(FaultEnv& faults)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(faults) {}

  const char* Name() const override { return "parley.faults"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override {
    const std::optional<FileKind> kind = KindOf(name);
    if (kind && faults_.fault(*kind) == Fault::kOpenFails) {
      return IOStatus::IOError("While open a file for appending", "a test");
    }
    const IOStatus opened = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (opened.ok() && kind) {
      *file = std::make_unique<FaultFile>(faults_, *kind, std::move(*file));
    }
    return opened;
  }

  IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                           IODebugContext* debug) override {
    const IOStatus opened = FileSystemWrapper::NewRandomRWFile(name, options, file, debug);
    const std::optional<FileKind> kind = KindOf(name);
    if (opened.ok() && kind) {
      *file = std::make_unique<FaultOldFile>(faults_, *kind, std::move(*file));
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

void FaultEnv::Set(FileKind kind, Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_[static_cast<std::size_t>(kind)] = fault;
}

Fault FaultEnv::fault(FileKind kind) const {
  const std::lock_guard lock(mutex_);
  return faults_[static_cast<std::size_t>(kind)];
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
