#include "storage/rocks/kept_logs.h"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace parley::storage::rocks {
namespace {

using rocksdb::IOStatus;

IOStatus SyncFile(rocksdb::FileSystem& files, const std::string& name) {
  // A kind of file that is never made where there is none: RocksDB may drop an old log meanwhile.
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  IOStatus status = files.NewRandomRWFile(name, rocksdb::FileOptions(), &file, nullptr);
  if (status.IsNotFound() || status.IsPathNotFound()) return IOStatus::OK();
  if (status.ok()) status = file->Sync(rocksdb::IOOptions(), nullptr);
  if (status.ok()) status = file->Close(rocksdb::IOOptions(), nullptr);
  return status;
}

}  // namespace

Status SyncKeptLogs(rocksdb::FileSystem& files, const std::filesystem::path& folder) {
  std::vector<std::string> names;
  IOStatus status = files.GetChildren(folder.string(), rocksdb::IOOptions(), &names, nullptr);
  for (const std::string& name : names) {
    if (status.ok() && name.ends_with(".log")) status = SyncFile(files, (folder / name).string());
  }
  if (status.ok()) return Status::Ok();
  return Unavailable(
      fmt::format("cannot sync the log in {}: {}", folder.string(), status.ToString()));
}

}  // namespace parley::storage::rocks
