#include "bench/setup.h"

#include <cstdint>
#include <cstdio>
#include <sys/resource.h>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/protocols/protocol.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

constexpr std::size_t kSpareFiles = 100;

Status MakePeople(const Options& options, const client::ServerUrl& server, Plan& plan) {
  const std::size_t count = PeopleOf(options);
  if (!options.accounts_file.empty()) plan.people = ReadPeople(options.accounts_file, count);
  const std::size_t kept = plan.people.size();
  PARLEY_TRY(CreatePeople(server, count, plan.people, ShowSetup(options, "accounts")));
  if (options.accounts_file.empty() || kept == count) return Status::Ok();
  return WritePeople(options.accounts_file, plan.people, kept);
}

}  // namespace

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

Result<Plan> SetUp(const Options& options, const client::ServerUrl& server) {
  Plan plan = MakePlan(options);
  if (ProtocolOf(options) != Protocol::kParley) {
    NamePeople(PeopleOf(options), plan);
    return plan;
  }
  PARLEY_TRY(MakePeople(options, server, plan));
  PARLEY_TRY(CreateRooms(server, plan, ShowSetup(options, "conversations")));
  return plan;
}

Status AllowFiles(std::size_t connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= connections + kSpareFiles) return Status::Ok();
  return InvalidArgument(fmt::format(
      "{} connections need as many open files, and a process may open {}: raise ulimit -Hn, or "
      "more --processes",
      connections, limit.rlim_cur));
}

}  // namespace parley::bench
