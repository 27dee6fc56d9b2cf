#include "bench/options.h"

#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/protocols/protocol.h"

namespace parley::bench {
namespace {

constexpr std::size_t kMaxConnections = 100'000;
constexpr double kMixedRate = 50;
constexpr double kStormRate = 20;

void AddCommon(CLI::App& app, Options& options) {
  auto* where = app.add_option_group("server", "Which server; exactly one of the two");
  where->add_option("--server", options.servers,
                    "URL of a running server, such as http://127.0.0.1:8080; several, of one "
                    "fleet: people are spread over them in turn. For pairs, group and idle also "
                    "another server: relay://, nats://, jetstream://, mqtt:// or xmpp://");
  where->add_flag("--spawn", options.spawn,
                  "Start a parleyd for this run, with a temporary data folder and limits off");
  where->require_option(1);
  app.add_option("--parleyd", options.parleyd, "Program for --spawn (default: beside this one)");
  app.add_option("--set", options.server_set,
                 "Setting a.b=value of the spawned server; may be repeated");
  app.add_option(
         "--pid", options.pids,
         "Process of the one server (default: whoever listens on its port); may be repeated")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()));
  app.add_option("--duration", options.duration_s, "Seconds to measure")
      ->check(CLI::Range(0.1, 86400.0));
  app.add_option("--warmup", options.warmup_s, "Seconds before that")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--drain", options.drain_s,
                 "Longest wait at the end for what is under way, in seconds")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--payload", options.payload_bytes, "Bytes of text of a message")
      ->check(CLI::Range(std::size_t{1}, std::size_t{32'000}));
  app.add_option("--threads", options.threads, "Threads of the generator")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
  app.add_option(
      "--json", options.json_file,
      "Write the result here too; - is standard output, and the table goes to standard error");
  app.add_option(
      "--accounts", options.accounts_file,
      "File with the accounts of earlier runs against the same server: they are used, and "
      "those that are made are added");
  app.add_option("--seed", options.seed, "Repeats the random choices of a run");
  app.add_flag("--quiet", options.quiet, "No progress line");
  app.add_flag("--phases", options.phases,
               "A line on standard error as each phase begins, for a program that leads the run; "
               "when all are connected it waits for one on standard input");
}

void AddRate(CLI::App& app, Options& options, const char* text) {
  app.add_option("--rate", options.rate, text)->check(CLI::Range(0.0, 10'000'000.0));
}

void AddPairs(CLI::App& app, Options& options) {
  auto* pairs = app.add_subcommand("pairs", "Pairs of people who talk one to one");
  AddCommon(*pairs, options);
  pairs->add_option("--pairs", options.pairs, "Pairs")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections / 2));
  AddRate(
      *pairs, options,
      "Messages/s of all together, open loop (default: closed loop, the receiver answers at once)");
  pairs
      ->add_option("--in-flight", options.in_flight, "Closed loop: messages under way in each pair")
      ->check(CLI::Range(std::size_t{1}, std::size_t{128}));
  pairs->callback([&options] { options.workload = WorkloadKind::kPairs; });
}

void AddGroup(CLI::App& app, Options& options) {
  auto* group = app.add_subcommand("group", "One group");
  AddCommon(*group, options);
  group->add_option("--members", options.members, "Members, all connected")
      ->check(CLI::Range(std::size_t{3}, kMaxConnections));
  group->add_option("--senders", options.senders, "How many of them send")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  AddRate(*group, options,
          "Messages/s of all senders together, open loop (default: as fast as acks come)");
  group
      ->add_option("--in-flight", options.in_flight,
                   "Closed loop: unanswered messages of each sender")
      ->check(CLI::Range(std::size_t{1}, std::size_t{128}));
  group->callback([&options] { options.workload = WorkloadKind::kGroup; });
}

void AddIdle(CLI::App& app, Options& options) {
  auto* idle = app.add_subcommand("idle", "Connections that say nothing");
  AddCommon(*idle, options);
  idle->add_option("--connections", options.connections,
                   "Connections, each of an account of its own")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  idle->callback([&options] { options.workload = WorkloadKind::kIdle; });
}

void AddMixed(CLI::App& app, Options& options) {
  auto* mixed = app.add_subcommand(
      "mixed", "A day's behaviour: messages, positions, typing, presence, reconnects with resume");
  AddCommon(*mixed, options);
  mixed->add_option("--people", options.people, "People, each with one device")
      ->check(CLI::Range(std::size_t{4}, kMaxConnections));
  mixed
      ->add_option("--conversations", options.rooms,
                   "Conversations: seven of ten one to one, the others groups of 3 to 20")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  AddRate(*mixed, options, "Messages/s of all together (default: 50)");
  mixed
      ->add_option("--reconnect-every", options.reconnect_s,
                   "Mean seconds between the reconnects of one person; 0: never")
      ->check(CLI::Range(0.0, 86400.0));
  mixed->callback([&options] {
    options.workload = WorkloadKind::kMixed;
    if (options.rate <= 0) options.rate = kMixedRate;
  });
}

void AddStorm(CLI::App& app, Options& options) {
  auto* storm = app.add_subcommand(
      "storm",
      "People at the first of several servers, which somebody then kills: how they come back");
  AddCommon(*storm, options);
  storm->add_option("--people", options.people, "People, each with one device")
      ->check(CLI::Range(std::size_t{8}, kMaxConnections));
  storm
      ->add_option("--outsiders", options.outsiders,
                   "How many of them are at the other servers; they alone send")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  storm
      ->add_option("--conversations", options.rooms,
                   "Conversations: seven of ten one to one, the others groups of 3 to 20; each "
                   "tenth has an outsider too")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  AddRate(*storm, options, "Messages/s of all together (default: 20)");
  storm->callback([&options] {
    options.workload = WorkloadKind::kStorm;
    if (options.rate <= 0) options.rate = kStormRate;
  });
}

/// Whether other servers than Parley can have it.
bool AnyProtocol(WorkloadKind workload) {
  return workload == WorkloadKind::kPairs || workload == WorkloadKind::kGroup ||
         workload == WorkloadKind::kIdle;
}

/// What no single option can say; null if all is well.
const char* Contradiction(const Options& options) {
  if (options.workload == WorkloadKind::kGroup && options.senders > options.members) {
    return "--senders: more than --members";
  }
  if (!options.pids.empty() && options.servers.size() > 1) {
    return "--pid: there is more than one server";
  }
  if (ProtocolOf(options) != Protocol::kParley && !AnyProtocol(options.workload)) {
    return "--server: only a Parley server can have this workload";
  }
  if (options.workload != WorkloadKind::kStorm) return nullptr;
  if (options.servers.size() < 2) return "storm: wants two --server or more, the first is to die";
  if (options.outsiders + 4 > options.people) return "--outsiders: all but four --people at most";
  return nullptr;
}

}  // namespace

const char* WorkloadName(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::kPairs:
      return "pairs";
    case WorkloadKind::kGroup:
      return "group";
    case WorkloadKind::kIdle:
      return "idle";
    case WorkloadKind::kMixed:
      return "mixed";
    case WorkloadKind::kStorm:
      return "storm";
  }
  return "";
}

std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code) {
  Options options;
  CLI::App app("Loads a Parley server and measures what that costs it.\n", "parley-bench");
  app.set_version_flag("--version", PARLEY_VERSION);
  app.require_subcommand(1);
  AddPairs(app, options);
  AddGroup(app, options);
  AddIdle(app, options);
  AddMixed(app, options);
  AddStorm(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  if (const char* wrong = Contradiction(options)) {
    exit_code = 2;
    std::fputs(fmt::format("parley-bench: {}\n", wrong).c_str(), stderr);
    return std::nullopt;
  }
  return options;
}

}  // namespace parley::bench
