#include "bench/process_stats.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/cpu_clock.h"

namespace parley::bench {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

double TicksToSeconds(double ticks) { return ticks / static_cast<double>(sysconf(_SC_CLK_TCK)); }

double ClockS(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  constexpr double kNs = 1e-9;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * kNs;
}

/// The number behind `key` ("Slab:") in a file of such lines; 0 if there is none.
std::uint64_t ValueOf(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + key.size(), nullptr, 10);
}

std::uint64_t CountFiles(int pid) {
  std::error_code error;
  std::uint64_t count = 0;
  fs::directory_iterator entry(fmt::format("/proc/{}/fd", pid), error);
  while (!error && entry != fs::directory_iterator()) {
    ++count;
    entry.increment(error);
  }
  return count;
}

/// The inodes of sockets that listen on `port`, from one of /proc/net/tcp and tcp6.
void AddListeners(const std::string& path, int port, std::set<std::string>& inodes) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::string end = fmt::format(":{:04X}", port);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
        timeout >> inode;
    constexpr std::string_view kListening = "0A";
    if (state == kListening && local.ends_with(end)) inodes.insert("socket:[" + inode + "]");
  }
}

bool HasFile(const fs::path& process, const std::set<std::string>& names) {
  std::error_code error;
  fs::directory_iterator entry(process / "fd", error);
  while (!error && entry != fs::directory_iterator()) {
    std::error_code unreadable;
    if (names.contains(fs::read_symlink(entry->path(), unreadable).string())) return true;
    entry.increment(error);
  }
  return false;
}

/// utime and stime, by the clock that has no steps, and those of children that have ended (fields
/// 16 and 17 of proc(5)), in seconds.
std::optional<double> CpuOf(int pid) {
  const std::optional<double> own = ProcessCpuS(pid);
  const std::string stat = ReadFile(fmt::format("/proc/{}/stat", pid));
  // The second field is the program's name in brackets, with anything in it.
  const std::size_t end = stat.rfind(')');
  if (!own || end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(end + 1));
  std::string skipped;
  constexpr int kFieldsBefore = 13;
  for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return *own + TicksToSeconds(user + system);
}

/// The children of all its threads.
std::vector<int> ChildrenOf(int pid) {
  std::vector<int> children;
  std::error_code error;
  fs::directory_iterator task(fmt::format("/proc/{}/task", pid), error);
  for (; !error && task != fs::directory_iterator(); task.increment(error)) {
    std::istringstream pids(ReadFile(task->path() / "children"));
    for (int child = 0; pids >> child;) children.push_back(child);
  }
  return children;
}

std::optional<ProcessSample> SampleOne(int pid) {
  const std::optional<double> cpu = CpuOf(pid);
  if (!cpu) return std::nullopt;
  const std::string status = ReadFile(fmt::format("/proc/{}/status", pid));
  return ProcessSample{.cpu_s = *cpu,
                       .rss_bytes = ValueOf(status, "VmRSS:") * 1024,
                       .threads = ValueOf(status, "Threads:"),
                       .files = CountFiles(pid)};
}

/// Of the pages that a process shares its part: the sum over those that share them is right.
std::uint64_t ProportionalBytes(int pid) {
  return ValueOf(ReadFile(fmt::format("/proc/{}/smaps_rollup", pid)), "\nPss:") * 1024;
}

}  // namespace

Result<ProcessSample> SampleProcess(int pid) {
  const std::optional<ProcessSample> own = SampleOne(pid);
  if (!own) return NotFound(fmt::format("there is no process {}", pid));
  std::vector<int> family{pid};
  ProcessSample sum = *own;
  for (std::size_t i = 0; i < family.size(); ++i) {
    for (const int child : ChildrenOf(family[i])) {
      const std::optional<ProcessSample> sample = SampleOne(child);
      if (!sample) continue;  // it has just ended
      sum = Sum(sum, *sample);
      family.push_back(child);
    }
  }
  if (family.size() == 1) return sum;
  sum.rss_bytes = 0;
  for (const int member : family) sum.rss_bytes += ProportionalBytes(member);
  return sum;
}

ProcessSample Sum(const ProcessSample& a, const ProcessSample& b) {
  return ProcessSample{.cpu_s = a.cpu_s + b.cpu_s,
                       .rss_bytes = a.rss_bytes + b.rss_bytes,
                       .threads = a.threads + b.threads,
                       .files = a.files + b.files};
}

MachineSample SampleMachine() {
  MachineSample sample;
  std::istringstream fields(ReadFile("/proc/stat"));
  std::string name;
  fields >> name;
  constexpr int kStates = 8;  // user nice system idle iowait irq softirq steal
  constexpr int kIdle = 3, kIoWait = 4;
  for (int i = 0; i < kStates; ++i) {
    double ticks = 0;
    fields >> ticks;
    sample.total_s += TicksToSeconds(ticks);
    if (i != kIdle && i != kIoWait) sample.busy_s += TicksToSeconds(ticks);
  }
  const std::string sockets = ReadFile("/proc/net/sockstat");
  if (const std::size_t tcp = sockets.find("TCP:"); tcp != std::string::npos) {
    sample.socket_bytes = ValueOf(sockets.substr(tcp, sockets.find('\n', tcp) - tcp), "mem ") *
                          static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  sample.slab_bytes = ValueOf(ReadFile("/proc/meminfo"), "Slab:") * 1024;
  return sample;
}

double OwnCpuS() { return ClockS(CLOCK_PROCESS_CPUTIME_ID); }
double ThreadCpuS() { return ClockS(CLOCK_THREAD_CPUTIME_ID); }

std::optional<int> FindListener(int port) {
  std::set<std::string> inodes;
  AddListeners("/proc/net/tcp", port, inodes);
  AddListeners("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return std::nullopt;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (HasFile(entry.path(), inodes)) return std::stoi(name);
  }
  return std::nullopt;
}

}  // namespace parley::bench
