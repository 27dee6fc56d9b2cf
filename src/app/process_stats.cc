#include "app/process_stats.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::app {
namespace {

// Places in /proc/self/stat behind the name in parentheses (proc(5), where `state` is field 3).
constexpr std::size_t kUserTicks = 14 - 3;
constexpr std::size_t kSystemTicks = 15 - 3;
constexpr std::size_t kThreads = 20 - 3;
constexpr std::size_t kStartTicks = 22 - 3;
constexpr std::size_t kVirtualBytes = 23 - 3;
constexpr std::size_t kResidentPages = 24 - 3;

std::vector<std::uint64_t> ReadStat() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  std::vector<std::uint64_t> fields;
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return fields;
  std::istringstream rest(text.substr(end_of_name + 1));
  fields.reserve(kResidentPages + 1);
  for (std::string field; rest >> field;) {
    fields.push_back(std::strtoull(field.c_str(), nullptr, 10));
  }
  return fields;
}

double ReadBootTime() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::strtod(line.c_str() + 6, nullptr);
  }
  return 0;
}

std::uint64_t CountOpenFiles() {
  // Since Linux 6.2 the size of the folder is their number; before it is 0.
  struct stat info = {};
  if (::stat("/proc/self/fd", &info) == 0 && info.st_size > 0) {
    return static_cast<std::uint64_t>(info.st_size);
  }
  std::error_code error;
  std::uint64_t count = 0;
  for (auto it = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    ++count;
  }
  return count;
}

}  // namespace

ProcessStats ReadProcessStats() {
  ProcessStats stats;
  if (const std::vector<std::uint64_t> fields = ReadStat(); fields.size() > kResidentPages) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    stats.cpu_seconds = static_cast<double>(fields[kUserTicks] + fields[kSystemTicks]) / ticks;
    stats.threads = fields[kThreads];
    static const double kBootTime = ReadBootTime();
    stats.start_time_seconds = kBootTime + static_cast<double>(fields[kStartTicks]) / ticks;
    stats.virtual_bytes = fields[kVirtualBytes];
    stats.resident_bytes =
        fields[kResidentPages] * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  stats.open_files = CountOpenFiles();
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_files = limit.rlim_cur;
  return stats;
}

}  // namespace parley::app
