#include "bench/forked_crew.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/cpu_clock.h"
#include "bench/thread_crew.h"

namespace parley::bench {
namespace {

void WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // the parent then says that this process failed
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string ReadAll(int file) {
  std::string bytes;
  char part[4096];
  while (true) {
    const ssize_t size = read(file, part, sizeof part);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return bytes;
    bytes.append(part, static_cast<std::size_t>(size));
  }
}

}  // namespace

void ForkedCrew::Start() {
  for (std::size_t number = 0; number < options_.processes; ++number) {
    int findings[2];
    if (pipe2(findings, O_CLOEXEC) != 0) break;
    const pid_t pid = fork();
    if (pid == 0) Work(number, findings[1]);
    close(findings[1]);
    if (pid < 0) {
      close(findings[0]);
      break;
    }
    children_.push_back({pid, findings[0]});
  }
  found_.failed_processes = options_.processes - children_.size();
}

void ForkedCrew::Work(std::size_t number, int findings) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C goes to all; the parent then ends the run in order.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  {
    ThreadCrew threads(shared_, options_, plan_, targets_, number * options_.threads);
    threads.Start();
    threads.Join();
    WriteAll(findings, threads.Found().ToBytes());
  }
  _exit(0);
}

void ForkedCrew::Join() {
  for (const Child& child : children_) {
    // In this order: what does not fit into the pipe waits for its reader.
    const std::string bytes = ReadAll(child.findings);
    close(child.findings);
    rusage used{};
    wait4(child.pid, nullptr, 0, &used);
    constexpr double kMicro = 1e-6;
    ended_cpu_s_ += static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                    static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * kMicro;
    if (!found_.MergeFrom(bytes)) ++found_.failed_processes;
  }
  children_.clear();
}

Counts ForkedCrew::Count() const {
  Counts counts;
  for (std::size_t i = 0; i < AllThreads(options_); ++i) AddTo(counts, shared_->counters.at(i));
  return counts;
}

double ForkedCrew::CpuElsewhereS() const {
  double cpu_s = ended_cpu_s_;
  for (const Child& child : children_) cpu_s += ProcessCpuS(child.pid).value_or(0);
  return cpu_s;
}

ForkedCrew::~ForkedCrew() {
  for (const Child& child : children_) kill(child.pid, SIGKILL);
  for (const Child& child : children_) {
    close(child.findings);
    waitpid(child.pid, nullptr, 0);
  }
}

}  // namespace parley::bench
