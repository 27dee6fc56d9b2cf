#include "storage/rocks/backup_files.h"

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <vector>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace parley::storage::rocks {
namespace {

namespace fs = std::filesystem;

/// Between looks at whether to stop: some tens of milliseconds on a slow disk.
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

Status Failed(const fs::path& path, int error) {
  return Unavailable(fmt::format("{}: {}", path.string(), std::generic_category().message(error)));
}

class File {
 public:
  File(const fs::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  ~File() {
    if (is_open()) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

Status SyncFolder(const fs::path& path) {
  const File folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || ::fsync(folder.descriptor()) != 0) return Failed(path, errno);
  return Status::Ok();
}

/// False with errno set where not all could be written.
bool WriteAll(int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

Status CopyFile(const fs::path& from, const fs::path& to, std::vector<char>& buffer,
                const std::stop_token& stop) {
  const File in(from, O_RDONLY);
  if (!in.is_open()) return Failed(from, errno);
  const File out(to, O_WRONLY | O_CREAT | O_EXCL);
  if (!out.is_open()) return Failed(to, errno);
  while (true) {
    if (stop.stop_requested()) return Unavailable("given up: the server is stopping");
    const ssize_t size = ::read(in.descriptor(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failed(from, errno);
    if (size == 0) break;
    if (!WriteAll(out.descriptor(), buffer.data(), static_cast<std::size_t>(size))) {
      return Failed(to, errno);
    }
  }
  // One by one, so that a stop never waits for much to be written.
  if (::fsync(out.descriptor()) != 0) return Failed(to, errno);
  return Status::Ok();
}

Status CopyFiles(const fs::path& from, const fs::path& to, const std::stop_token& stop) {
  std::vector<char> buffer(kChunkBytes);
  std::error_code error;
  for (auto it = fs::directory_iterator(from, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    PARLEY_TRY(CopyFile(it->path(), to / it->path().filename(), buffer, stop));
  }
  if (error) return Failed(from, error.value());
  return SyncFolder(to);
}

}  // namespace

Status MoveOrCopyFolder(const fs::path& from, const fs::path& to, const std::stop_token& stop) {
  if (stop.stop_requested()) return Unavailable("given up: the server is stopping");
  // Fails if it is there; where moving is possible, it replaces this empty folder.
  if (::mkdir(to.c_str(), S_IRWXU) != 0) return Failed(to, errno);
  Status status;
  if (::rename(from.c_str(), to.c_str()) != 0) {
    status = errno == EXDEV ? CopyFiles(from, to, stop) : Failed(to, errno);
  }
  if (status.ok()) status = SyncFolder(to.parent_path());
  if (!status.ok()) {
    std::error_code ignored;  // the first error is the one to tell
    fs::remove_all(to, ignored);
  }
  return status;
}

}  // namespace parley::storage::rocks
