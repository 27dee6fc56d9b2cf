#include "app/data_dir.h"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace parley::app {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::string ErrorText(int error) { return std::generic_category().message(error); }

/// An open file.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool ok() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  bool WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  /// At most `limit` bytes from the start; shorter at the end of the file or on an error.
  std::string Read(std::size_t limit) const {
    std::string bytes(limit, '\0');
    std::size_t size = 0;
    while (size < limit) {
      const ssize_t got = ::read(fd_, bytes.data() + size, limit - size);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      size += static_cast<std::size_t>(got);
    }
    bytes.resize(size);
    return bytes;
  }

 private:
  const int fd_;
};

Status CannotWrite(const std::string& path, int error) {
  return Unavailable(fmt::format("{}: cannot be written: {}", path, ErrorText(error)));
}

/// What is in `path`, or nothing if there is no such file.
Result<std::optional<std::string>> ReadSecret(const std::string& path, std::size_t bytes) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.ok()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return PermissionDenied(fmt::format("{}: cannot be read: {}", path, ErrorText(errno)));
  }
  struct stat info = {};
  if (::fstat(file.fd(), &info) != 0 || (info.st_mode & kOthers) != 0) {
    return PermissionDenied(
        fmt::format("{}: others may read this secret; run: chmod 600 {}", path, path));
  }
  std::string secret = file.Read(bytes + 1);
  if (secret.size() != bytes) {
    return DataLoss(fmt::format("{}: this file is damaged: it should hold {} bytes", path, bytes));
  }
  return std::optional(std::move(secret));
}

std::string MakeBytes(std::size_t size, Random& random) {
  std::string bytes(size, '\0');
  random.Fill(std::span(reinterpret_cast<std::uint8_t*>(bytes.data()), size));
  return bytes;
}

/// Makes `path` with this content, whole or not at all; leaves one that is there.
Status CreateWhole(const std::string& path, std::string_view content, Random& random) {
  std::string draft = path + ".";
  for (const char byte : MakeBytes(8, random)) {
    draft += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  {
    const File file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.ok()) return CannotWrite(draft, errno);
    if (!file.WriteAll(content) || ::fsync(file.fd()) != 0) {
      const int error = errno;
      ::unlink(draft.c_str());
      return CannotWrite(draft, error);
    }
  }
  // Unlike rename, link leaves the file of whoever came first.
  const int error = ::link(draft.c_str(), path.c_str()) == 0 ? 0 : errno;
  ::unlink(draft.c_str());
  return error == 0 || error == EEXIST ? Status::Ok() : CannotWrite(path, error);
}

Status SyncFolder(const std::string& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok() || ::fsync(folder.fd()) != 0) return CannotWrite(path, errno);
  return Status::Ok();
}

}  // namespace

Result<DataDir> OpenDataDir(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) {
    return PermissionDenied(
        fmt::format("data_dir {}: {} cannot be made: {}", path, parent.string(), error.message()));
  }
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return PermissionDenied(fmt::format("data_dir {}: cannot be made: {}", path, ErrorText(errno)));
  }
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return InvalidArgument(fmt::format("data_dir {}: is not a folder", path));
  }
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    return PermissionDenied(fmt::format(
        "data_dir {}: this user may not write there; change its owner or set another folder",
        path));
  }
  DataDir dir{path, {}};
  if ((info.st_mode & kOthers) != 0) {
    dir.warnings.push_back(
        fmt::format("data_dir {}: other users of this machine may look into it; run: chmod 700 {}",
                    path, path));
  }
  return dir;
}

Result<std::string> ReadOrCreateSecret(const DataDir& dir, std::string_view name, std::size_t bytes,
                                       Random& random) {
  const std::string path = fmt::format("{}/{}", dir.path, name);
  PARLEY_ASSIGN(std::optional<std::string> secret, ReadSecret(path, bytes));
  if (secret) return *std::move(secret);
  PARLEY_TRY(CreateWhole(path, MakeBytes(bytes, random), random));
  PARLEY_TRY(SyncFolder(dir.path));
  PARLEY_ASSIGN(secret, ReadSecret(path, bytes));
  if (!secret) return Unavailable(fmt::format("{}: was taken away while the server started", path));
  return *std::move(secret);
}

}  // namespace parley::app
