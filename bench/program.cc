#include "bench/program.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <sys/resource.h>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "bench/protocols/protocol.h"
#include "bench/report.h"
#include "bench/run.h"
#include "bench/spawned_server.h"
#include "bench/workload.h"
#include "client/url.h"

namespace parley::bench {
namespace {

constexpr int kFailed = 1;
constexpr int kInterrupted = 130;
constexpr std::size_t kSpareFiles = 100;

std::atomic<bool> g_stop{false};

/// The first one ends the run in order, the second one at once.
void OnSignal(int number) {
  g_stop = true;
  std::signal(number, SIG_DFL);
}

Status AllowFiles(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted + kSpareFiles) return Status::Ok();
  return InvalidArgument(fmt::format(
      "{} connections need as many open files, and this process may open {}: raise ulimit -Hn",
      wanted, limit.rlim_cur));
}

SetupProgress ShowSetup(const Options& options, const char* what) {
  return [what, quiet = options.quiet, next = std::int64_t{0}](std::size_t done,
                                                               std::size_t all) mutable {
    const std::int64_t now = NowNs();
    if (quiet || now < next) return;
    next = now + kNsPerSecond;
    std::fputs(fmt::format("\r\033[Kmaking {}: {} of {}", what, done, all).c_str(), stderr);
    std::fflush(stderr);
  };
}

/// The processes of all servers, or none.
std::vector<int> ServerPids(const Options& options, const SpawnedServer* spawned,
                            const std::vector<client::ServerUrl>& servers) {
  if (spawned != nullptr) return {spawned->pid()};
  if (!options.pids.empty()) return options.pids;
  std::vector<int> pids;
  for (const client::ServerUrl& server : servers) {
    int port = 0;
    std::from_chars(server.port.data(), server.port.data() + server.port.size(), port);
    const std::optional<int> pid = FindListener(port);
    if (!pid) return {};
    pids.push_back(*pid);
  }
  return pids;
}

Status WriteJson(const std::string& path, const std::string& json) {
  std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "w");
  if (file == nullptr) return Unavailable(fmt::format("cannot write {}", path));
  bool written = std::fputs((json + "\n").c_str(), file) >= 0;
  written = (file == stdout ? std::fflush(file) : std::fclose(file)) == 0 && written;
  return written ? Status::Ok() : Unavailable(fmt::format("cannot write {}", path));
}

Status MakePeople(const Options& options, const client::ServerUrl& server, Plan& plan) {
  const std::size_t count = PeopleOf(options);
  if (!options.accounts_file.empty()) plan.people = ReadPeople(options.accounts_file, count);
  const std::size_t kept = plan.people.size();
  PARLEY_TRY(CreatePeople(server, count, plan.people, ShowSetup(options, "accounts")));
  if (options.accounts_file.empty() || kept == count) return Status::Ok();
  return WritePeople(options.accounts_file, plan.people, kept);
}

Result<Outcome> Measure(const Options& options) {
  PARLEY_TRY(AllowFiles(PeopleOf(options)));
  std::unique_ptr<SpawnedServer> spawned;
  if (options.spawn) {
    PARLEY_ASSIGN(spawned, SpawnedServer::Start(options.parleyd, options.server_set));
  }
  std::vector<client::ServerUrl> servers;
  std::vector<Target> targets;
  for (const std::string& url :
       spawned ? std::vector<std::string>{spawned->url()} : options.servers) {
    PARLEY_ASSIGN(const Endpoint endpoint, ParseEndpoint(url));
    if (endpoint.protocol != ProtocolOf(options)) {
      return InvalidArgument("the servers of a run are all of one kind");
    }
    servers.push_back(endpoint.url);
    PARLEY_ASSIGN(targets.emplace_back(), ResolveTarget(servers.back()));
  }
  Plan plan = MakePlan(options);
  if (ProtocolOf(options) == Protocol::kParley) {
    PARLEY_TRY(MakePeople(options, servers.front(), plan));
    PARLEY_TRY(CreateRooms(servers.front(), plan, ShowSetup(options, "conversations")));
  } else {
    NamePeople(PeopleOf(options), plan);
  }
  return RunWorkload(options, plan, targets, ServerPids(options, spawned.get(), servers), g_stop);
}

}  // namespace

int Main(int argc, char** argv) {
  int exit_code = 0;
  const std::optional<Options> options = ParseOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);

  Result<Outcome> outcome = Measure(*options);
  if (!outcome.ok()) {
    std::fputs(fmt::format("\nparley-bench: {}\n", outcome.status().message()).c_str(), stderr);
    return kFailed;
  }
  std::fputs(Table(*options, *outcome).c_str(), options->json_file == "-" ? stderr : stdout);
  const std::string failures = Failures(*outcome);
  std::fputs(failures.c_str(), stderr);
  if (!options->json_file.empty()) {
    const Status written = WriteJson(options->json_file, Json(*options, *outcome));
    if (!written.ok()) {
      std::fputs(fmt::format("parley-bench: {}\n", written.message()).c_str(), stderr);
      return kFailed;
    }
  }
  if (!outcome->Clean()) return kFailed;
  return outcome->interrupted ? kInterrupted : 0;
}

}  // namespace parley::bench
