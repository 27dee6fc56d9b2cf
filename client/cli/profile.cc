#include "client/cli/profile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "client/json.h"
#include "client/json_writer.h"

namespace parley::client::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr std::size_t kMaxNameChars = 64;

/// A file descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Status FileError(std::string_view what, const std::filesystem::path& path) {
  return Internal(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

Status WriteAll(const std::filesystem::path& path, std::string_view text) {
  // O_EXCL after removal: never through a link that somebody else has laid.
  unlink(path.c_str());
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (file.get() < 0) return FileError("write", path);
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file.get()) == 0 ? Status::Ok() : FileError("write", path);
}

}  // namespace

ProfileFile::ProfileFile(const std::filesystem::path& folder, std::string_view name)
    : path_(folder / fmt::format("{}.json", name)) {}

Result<std::optional<Profile>> ProfileFile::Load() const {
  std::ifstream file(path_, std::ios::binary);
  if (!file) {
    if (errno == ENOENT) return std::optional<Profile>();
    return FileError("read", path_);
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Result<JsonDocument> document = JsonDocument::Parse(text);
  Profile profile;
  if (document.ok()) {
    profile.server = document->root()["server"].Str();
    profile.token = document->root()["token"].Str();
    profile.user_id = document->root()["user_id"].Str();
    profile.username = document->root()["username"].Str();
  }
  if (profile.server.empty() || profile.token.empty()) {
    return DataLoss(
        fmt::format("{} is damaged: sign in again with parley login NAME", path_.string()));
  }
  return std::optional<Profile>(std::move(profile));
}

Status ProfileFile::PrepareFolder() const {
  const std::filesystem::path folder = path_.parent_path();
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return Status::Ok();
  std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) {
    return Internal(fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
  }
  return Status::Ok();
}

Status ProfileFile::Save(const Profile& profile) const {
  PARLEY_TRY(PrepareFolder());
  const std::string text = JsonObject()
                               .Str("server", profile.server)
                               .Str("token", profile.token)
                               .Str("user_id", profile.user_id)
                               .Str("username", profile.username)
                               .Take() +
                           "\n";
  const std::filesystem::path temporary = path_.string() + fmt::format(".{}.new", getpid());
  PARLEY_TRY(WriteAll(temporary, text));
  if (rename(temporary.c_str(), path_.c_str()) != 0) return FileError("write", path_);
  return Status::Ok();
}

Status ProfileFile::Remove() const {
  if (unlink(path_.c_str()) == 0 || errno == ENOENT) return Status::Ok();
  return FileError("remove", path_);
}

Result<std::filesystem::path> ProfileFolder(const Environment& environment) {
  if (const std::string home = environment("PARLEY_HOME"); !home.empty()) {
    return std::filesystem::path(home);
  }
  if (const std::string config = environment("XDG_CONFIG_HOME"); !config.empty()) {
    return std::filesystem::path(config) / "parley";
  }
  if (const std::string home = environment("HOME"); !home.empty()) {
    return std::filesystem::path(home) / ".config" / "parley";
  }
  return InvalidArgument("nowhere to keep the session: set PARLEY_HOME to a folder");
}

Status ValidateProfileName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  const bool good = !name.empty() && name.size() <= kMaxNameChars && name.front() != '.' &&
                    std::all_of(name.begin(), name.end(), allowed);
  if (good) return Status::Ok();
  return InvalidArgument("a profile's name has letters, digits, '_', '-' and '.' only");
}

}  // namespace parley::client::cli
