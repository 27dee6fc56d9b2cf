#include "app/host_facts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>
#include <vector>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fmt/core.h>

namespace parley::app {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissions = 07777;
/// What one small group of messages takes in the store's log.
constexpr std::size_t kAppendBytes = 4'096;
constexpr int kAppends = 100;

/// File systems to be warned of. CIFS, SMB2 and FUSE have no name in <linux/magic.h> everywhere.
std::string FileSystemName(const std::string& path) {
  constexpr long kCifs = 0xFF534D42;
  constexpr long kSmb2 = 0xFE534D42;
  constexpr long kFuse = 0x65735546;
  struct statfs info = {};
  if (::statfs(path.c_str(), &info) != 0) return "";
  switch (static_cast<long>(info.f_type)) {
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
      return "tmpfs";
    case NFS_SUPER_MAGIC:
      return "nfs";
    case kCifs:
    case kSmb2:
    case SMB_SUPER_MAGIC:
      return "smb";
    case kFuse:
      return "fuse";
    default:
      return "";
  }
}

/// `path`, or the closest folder above it that exists.
std::string ExistingFolder(const std::string& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error);
  while (!error && !fs::exists(folder, error) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder.string();
}

void ReadDisk(const std::string& folder, HostFacts& facts) {
  struct statvfs info = {};
  if (::statvfs(folder.c_str(), &info) != 0) return;
  facts.disk_free_bytes = std::uint64_t{info.f_bavail} * info.f_frsize;
  facts.disk_free_inodes = info.f_favail;
  facts.disk_inodes = info.f_files;
  facts.file_system = FileSystemName(folder);
}

/// kUnavailable where a file cannot be written there.
Result<SyncSpeed> MeasureSync(const std::string& folder) {
  std::string path = folder + "/.parley-doctor-XXXXXX";
  const int fd = ::mkstemp(path.data());
  const auto failed = [&](const char* what) {
    return Unavailable(
        fmt::format("{}: {}: {}", folder, what, std::generic_category().message(errno)));
  };
  if (fd < 0) return failed("a file cannot be made");
  ::unlink(path.c_str());
  const std::array<char, kAppendBytes> block{};
  std::vector<std::chrono::microseconds> times;
  times.reserve(kAppends);
  Status status;
  while (status.ok() && times.size() < kAppends) {
    const auto begin = std::chrono::steady_clock::now();
    if (::write(fd, block.data(), block.size()) != static_cast<ssize_t>(block.size())) {
      status = failed("a file cannot be written");
    } else if (::fdatasync(fd) != 0) {
      status = failed("a file cannot be synced");
    }
    times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin));
  }
  ::close(fd);
  if (!status.ok()) return status;
  std::ranges::sort(times);
  return SyncSpeed{times[kAppends / 2], times[kAppends - 2]};
}

/// RocksDB locks this file with fcntl(2) while it has the folder open.
std::optional<int> HolderOfStore(const std::string& data_dir) {
  const int fd = ::open((data_dir + "/store/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool known = ::fcntl(fd, F_GETLK, &lock) == 0;
  ::close(fd);
  if (!known || lock.l_type == F_UNLCK) return std::nullopt;
  return lock.l_pid;
}

void ReadDataDir(const Config& config, HostFacts& facts) {
  struct stat info = {};
  facts.data_dir_exists = ::stat(config.data_dir.c_str(), &info) == 0;
  const std::string folder = ExistingFolder(config.data_dir);
  ReadDisk(folder, facts);
  if (facts.data_dir_exists) {
    facts.data_dir_mode = info.st_mode & kPermissions;
    facts.store_held_by = HolderOfStore(config.data_dir);
    if (!S_ISDIR(info.st_mode)) {
      facts.data_dir = InvalidArgument(fmt::format("{}: is not a folder", config.data_dir));
      return;
    }
  }
  const Result<SyncSpeed> speed = MeasureSync(folder);
  if (speed.ok()) {
    facts.sync_speed = *speed;
  } else {
    facts.data_dir = speed.status();
  }
}

/// A number alone in a file; nothing where there is none ("max").
std::optional<std::uint64_t> ReadNumber(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

std::uint64_t MemoryBytes() {
  const std::uint64_t machine = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::optional<std::uint64_t> group = ReadNumber("/sys/fs/cgroup/memory.max");
  return group ? std::min(machine, *group) : machine;
}

std::optional<bool> ClockSynchronized() {
  timex state = {};
  const int answer = ::adjtimex(&state);
  if (answer < 0) return std::nullopt;
  return answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

std::uint64_t Bound(rlim_t value) {
  return value == RLIM_INFINITY ? std::numeric_limits<std::uint64_t>::max() : value;
}

}  // namespace

HostFacts ReadHostFacts(const Config& config, const std::string& config_file) {
  HostFacts facts;
  ReadDataDir(config, facts);
  struct stat info = {};
  if (!config_file.empty() && ::stat(config_file.c_str(), &info) == 0) {
    facts.config_mode = info.st_mode & kPermissions;
  }
  facts.now = std::chrono::system_clock::now();
  facts.clock_synchronized = ClockSynchronized();
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.max_files = Bound(limit.rlim_max);
  if (::getrlimit(RLIMIT_CORE, &limit) == 0) facts.core_limit = Bound(limit.rlim_cur);
  facts.memory_bytes = MemoryBytes();
  facts.listen_backlog = ReadNumber("/proc/sys/net/core/somaxconn").value_or(0);
  return facts;
}

}  // namespace parley::app
