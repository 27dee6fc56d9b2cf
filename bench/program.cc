#include "bench/program.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "bench/fill_run.h"
#include "bench/history.h"
#include "bench/inbox.h"
#include "bench/options.h"
#include "bench/pages.h"
#include "bench/report.h"
#include "bench/run.h"
#include "bench/servers.h"
#include "bench/setup.h"
#include "bench/step_report.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

constexpr int kFailed = 1;
constexpr int kInterrupted = 130;

std::atomic<bool> g_stop{false};

/// The first one ends the run in order, the second one at once.
void OnSignal(int number) {
  g_stop = true;
  std::signal(number, SIG_DFL);
}

Status WriteJson(const std::string& path, const std::string& json) {
  std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "w");
  if (file == nullptr) return Unavailable(fmt::format("cannot write {}", path));
  bool written = std::fputs((json + "\n").c_str(), file) >= 0;
  written = (file == stdout ? std::fflush(file) : std::fclose(file)) == 0 && written;
  return written ? Status::Ok() : Unavailable(fmt::format("cannot write {}", path));
}

/// What a run says, in whatever way it was made.
struct Said {
  std::string table;
  std::string json;
  std::string failures;
  bool clean = true;
  bool interrupted = false;
};

Said Say(const Options& options, const Outcome& outcome) {
  return {Table(options, outcome), Json(options, outcome), Failures(outcome), outcome.Clean(),
          outcome.interrupted};
}

Said Say(const Options& options, const StepReport& report) {
  return {StepTable(options, report), StepJson(options, report, !g_stop), "", true, g_stop};
}

Result<Said> MeasurePages(const Options& options) {
  PARLEY_ASSIGN(const StepReport report, RunPages(options));
  return Say(options, report);
}

Result<Said> MeasureSteps(const Options& options, const Servers& servers) {
  if (options.workload == WorkloadKind::kHistory) {
    PARLEY_ASSIGN(const StepReport report, RunHistory(options, servers, g_stop));
    return Say(options, report);
  }
  PARLEY_ASSIGN(Plan plan, SetUp(options, servers.first()));
  PARLEY_ASSIGN(const StepReport report, RunInbox(options, std::move(plan), servers, g_stop));
  return Say(options, report);
}

Result<Said> Measure(const Options& options) {
  if (options.workload == WorkloadKind::kPages) return MeasurePages(options);
  PARLEY_TRY(AllowFiles((PeopleOf(options) + options.processes - 1) / options.processes));
  PARLEY_ASSIGN(const Servers servers, Servers::Find(options));
  if (options.workload == WorkloadKind::kHistory || options.workload == WorkloadKind::kInbox) {
    return MeasureSteps(options, servers);
  }
  PARLEY_ASSIGN(Plan plan, SetUp(options, servers.first()));
  if (options.stored > 0) {
    PARLEY_ASSIGN(const Outcome filled, Fill(options, plan, options.stored, servers, g_stop));
    static_cast<void>(filled);  // history tells of that
    PARLEY_TRY(RefreshRooms(servers.first(), plan, ShowSetup(options, "heads")));
    // Or all of it would be unread, and counted anew for everybody who comes back.
    PARLEY_TRY(ReadRooms(servers.first(), plan, ShowSetup(options, "read positions")));
    servers.AwaitRest(g_stop);
  }
  PARLEY_ASSIGN(const Outcome outcome, RunWorkload(options, plan, servers, g_stop));
  return Say(options, outcome);
}

/// Where it was asked for. False: it could not be written, which has been said.
bool Tell(const Options& options, const Said& said) {
  std::fputs(said.table.c_str(), options.json_file == "-" ? stderr : stdout);
  std::fputs(said.failures.c_str(), stderr);
  if (options.json_file.empty()) return true;
  const Status written = WriteJson(options.json_file, said.json);
  if (written.ok()) return true;
  std::fputs(fmt::format("parley-bench: {}\n", written.message()).c_str(), stderr);
  return false;
}

}  // namespace

int Main(int argc, char** argv) {
  int exit_code = 0;
  const std::optional<Options> options = ParseOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);

  const Result<Said> said = Measure(*options);
  if (!said.ok()) {
    std::fputs(fmt::format("\nparley-bench: {}\n", said.status().message()).c_str(), stderr);
    return kFailed;
  }
  if (!Tell(*options, *said) || !said->clean) return kFailed;
  return said->interrupted ? kInterrupted : 0;
}

}  // namespace parley::bench
