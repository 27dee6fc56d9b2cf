#include "bench/spawned_server.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/clock.h"

namespace parley::bench {
namespace {

namespace fs = std::filesystem;

/// A large store may have a long log to read.
constexpr std::int64_t kStartDeadlineNs = 120 * kNsPerSecond;
constexpr std::string_view kScheme = "http://";
constexpr const char* kAnyPort = "127.0.0.1:0";
constexpr int kStopDeadlineMs = 30'000;
constexpr std::size_t kLogShown = 2'000;

std::string LogTail(const std::string& folder) {
  std::ifstream file(folder + "/parleyd.log");
  std::stringstream text;
  text << file.rdbuf();
  const std::string log = text.str();
  return log.size() > kLogShown ? log.substr(log.size() - kLogShown) : log;
}

std::vector<std::string> CommandLine(const std::string& program, const std::string& folder,
                                     const std::string& listen, const std::string& ops_listen,
                                     const std::vector<std::string>& set) {
  std::vector<std::string> words{program,    "serve", "--data-dir",   folder + "/data",
                                 "--listen", listen,  "--ops-listen", ops_listen};
  std::vector<std::string> settings{"limits.enabled=false", "auth.argon2_memory_kib=64",
                                    "auth.argon2_passes=1", "server.drain_ms=0",
                                    "log.level=warning"};
  settings.insert(settings.end(), set.begin(), set.end());
  for (const std::string& setting : settings) {
    words.insert(words.end(), {"--set", setting});
  }
  return words;
}

/// The address behind `key` in the line that says where it listens, as a URL.
std::string AddressBehind(const std::string& text, std::string_view key) {
  const std::size_t start = text.find(key) + key.size();
  return std::string(kScheme) + text.substr(start, text.find_first_of(" \n", start) - start);
}

/// In the child: everything that was to be prepared is; only what is safe after a fork.
[[noreturn]] void Execute(char* const* words, int output, int log) {
  // The terminal's Ctrl-C is for the generator, which then stops the server in order.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(words[0], words);
  _exit(127);
}

}  // namespace

Result<std::unique_ptr<SpawnedServer>> SpawnedServer::Start(const std::string& program,
                                                            const std::vector<std::string>& set,
                                                            const std::string& folder) {
  std::error_code error;
  const std::string path =
      program.empty()
          ? (fs::read_symlink("/proc/self/exe", error).parent_path() / "parleyd").string()
          : program;
  if (access(path.c_str(), X_OK) != 0) {
    return NotFound(fmt::format("{} is no program: build parleyd or name it with --parleyd", path));
  }
  std::string place = folder;
  if (folder.empty()) {
    place = (fs::temp_directory_path(error) / "parley-bench.XXXXXX").string();
    if (mkdtemp(place.data()) == nullptr) return Unavailable("cannot make a temporary folder");
  } else if (fs::create_directories(place, error); error) {
    return Unavailable(fmt::format("cannot make {}: {}", place, error.message()));
  }
  std::unique_ptr<SpawnedServer> server(new SpawnedServer(path, set, place, folder.empty()));
  PARLEY_TRY(server->Launch(kAnyPort, kAnyPort));
  return server;
}

Status SpawnedServer::Launch(const std::string& listen, const std::string& ops_listen) {
  std::vector<std::string> words = CommandLine(program_, folder_, listen, ops_listen, set_);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return Unavailable("cannot make a pipe");
  const int log =
      open((folder_ + "/parleyd.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) Execute(pointers.data(), output[1], log);
  close(output[1]);
  close(log);
  Status started = pid_ < 0 ? Unavailable("cannot start another process") : Status::Ok();
  if (started.ok()) started = AwaitListening(output[0]);
  close(output[0]);
  return started;
}

void SpawnedServer::Kill() {
  kill(pid_, SIGKILL);
  AwaitExit();
  pid_ = -1;
}

Result<std::chrono::nanoseconds> SpawnedServer::StartAgain() {
  const std::int64_t from = NowNs();
  PARLEY_TRY(Launch(url_.substr(kScheme.size()), ops_url_.substr(kScheme.size())));
  return std::chrono::nanoseconds(NowNs() - from);
}

Status SpawnedServer::AwaitListening(int output) {
  const std::int64_t deadline = NowNs() + kStartDeadlineNs;
  std::string text;
  while (text.find('\n') == std::string::npos ||
         text.find("listening http=") == std::string::npos) {
    pollfd ready{output, POLLIN, 0};
    const std::int64_t left = (deadline - NowNs()) / kNsPerMs;
    char bytes[512];
    const ssize_t size = left > 0 && poll(&ready, 1, static_cast<int>(left)) == 1
                             ? read(output, bytes, sizeof bytes)
                             : 0;
    if (size <= 0) return Unavailable("parleyd did not start:\n" + LogTail(folder_));
    text.append(bytes, static_cast<std::size_t>(size));
  }
  url_ = AddressBehind(text, "listening http=");
  ops_url_ = AddressBehind(text, " ops=");
  return Status::Ok();
}

/// A server that hangs must not hold up the benchmark that found it out.
void SpawnedServer::AwaitExit() const {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{process, POLLIN, 0};
  if (process < 0 || poll(&ended, 1, kStopDeadlineMs) != 1) {
    fmt::print(stderr, "parleyd did not stop within {} s: it was killed\n",
               kStopDeadlineMs / 1'000);
    kill(pid_, SIGKILL);
  }
  if (process >= 0) close(process);
  int exit_status = 0;
  waitpid(pid_, &exit_status, 0);
}

SpawnedServer::~SpawnedServer() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    AwaitExit();
  }
  std::error_code error;
  if (temporary_) fs::remove_all(folder_, error);
}

}  // namespace parley::bench
