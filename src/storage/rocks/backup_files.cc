#include "storage/rocks/backup_files.h"

#include <cerrno>
#include <system_error>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace parley::storage::rocks {
namespace {

namespace fs = std::filesystem;

Status Failed(const fs::path& path, const std::error_code& error) {
  return Unavailable(fmt::format("{}: {}", path.string(), error.message()));
}

std::error_code LastError() { return {errno, std::generic_category()}; }

/// Has the disk keep what a file or a folder holds.
Status Sync(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Failed(path, LastError());
  const std::error_code error = ::fsync(descriptor) == 0 ? std::error_code() : LastError();
  ::close(descriptor);
  return error ? Failed(path, error) : Status::Ok();
}

/// Fails if it is there.
Status MakeFolder(const fs::path& path) {
  return ::mkdir(path.c_str(), S_IRWXU) == 0 ? Status::Ok() : Failed(path, LastError());
}

Status CopyFile(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (!error) fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  if (error) return Failed(to, error);
  // One by one, so that a stop never waits for much to be written.
  return Sync(to);
}

Status CopyFiles(const fs::path& from, const fs::path& to, const std::stop_token& stop) {
  std::error_code error;
  for (auto it = fs::directory_iterator(from, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    if (stop.stop_requested()) return Unavailable("given up: the server is stopping");
    PARLEY_TRY(CopyFile(it->path(), to / it->path().filename()));
  }
  if (error) return Failed(from, error);
  PARLEY_TRY(Sync(to));
  return Sync(to.parent_path());
}

}  // namespace

Status CopyFolder(const fs::path& from, const fs::path& to, const std::stop_token& stop) {
  PARLEY_TRY(MakeFolder(to));
  Status status = CopyFiles(from, to, stop);
  if (!status.ok()) {
    std::error_code ignored;  // the first error is the one to tell
    fs::remove_all(to, ignored);
  }
  return status;
}

Status MoveOrCopyFolder(const fs::path& from, const fs::path& to, const std::stop_token& stop) {
  if (stop.stop_requested()) return Unavailable("given up: the server is stopping");
  PARLEY_TRY(MakeFolder(to));
  // Where moving is possible, it replaces the empty folder.
  if (::rename(from.c_str(), to.c_str()) == 0) return Sync(to.parent_path());
  const std::error_code error = LastError();
  ::rmdir(to.c_str());
  return error == std::errc::cross_device_link ? CopyFolder(from, to, stop) : Failed(to, error);
}

}  // namespace parley::storage::rocks
