#include "bench/options.h"

#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/protocols/protocol.h"

namespace parley::bench {
namespace {

constexpr std::size_t kMaxConnections = 100'000;
constexpr std::size_t kMaxThreads = 256;
constexpr double kMixedRate = 50;
constexpr double kStormRate = 20;
constexpr std::size_t kInboxPeople = 3;
constexpr std::size_t kHistoryRooms = 100;
constexpr std::size_t kPageConnections = 4;
constexpr std::size_t kStormPeople = 10'000;
constexpr std::size_t kStormRooms = 5'000;
constexpr std::uint64_t kMaxStored = 1'000'000'000;
/// Of one conversation; beyond 500 changes `sync` tells to begin anew.
constexpr std::size_t kMostMissed = 400;
/// As many as `limits.conversations_per_person` is.
constexpr std::size_t kMaxConversations = 5'000;

/// How results are told, and the server of a run that does not name any.
void AddServer(CLI::App& app, Options& options) {
  auto* where = app.add_option_group("server", "Which server; exactly one of the two");
  where->add_option(
      "--server", options.servers,
      "URL of a running server, such as http://127.0.0.1:8080; several, of one "
      "fleet: people are spread over them in turn. For pairs, group and idle also "
      "another server: relay://, durable-relay://, nats://, jetstream://, mqtt:// or xmpp://");
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
  app.add_option("--data-dir", options.data_dir,
                 "Folder of the spawned server's data, which stays (default: a temporary one)");
  app.add_option(
      "--json", options.json_file,
      "Write the result here too; - is standard output, and the table goes to standard error");
  app.add_option("--seed", options.seed, "Repeats the random choices of a run");
  app.add_flag("--quiet", options.quiet, "No progress line");
}

void AddPayload(CLI::App& app, Options& options) {
  app.add_option("--payload", options.payload_bytes, "Bytes of text of a message")
      ->check(CLI::Range(std::size_t{1}, std::size_t{32'000}));
}

void AddCommon(CLI::App& app, Options& options) {
  AddServer(app, options);
  AddPayload(app, options);
  app.add_option("--duration", options.duration_s, "Seconds to measure")
      ->check(CLI::Range(0.1, 86400.0));
  app.add_option(
      "--messages", options.messages,
      "Measure no longer than until so many were acknowledged (default: --duration alone)");
  app.add_option("--warmup", options.warmup_s, "Seconds before that")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--drain", options.drain_s,
                 "Longest wait at the end for what is under way, in seconds")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--threads", options.threads, "Threads of the generator")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
  app.add_option(
         "--processes", options.processes,
         "Processes of the generator, each with so many threads and its share of the people")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
  app.add_option(
      "--accounts", options.accounts_file,
      "File with the accounts of earlier runs against the same server: they are used, and "
      "those that are made are added");
  app.add_flag("--phases", options.phases,
               "A line on standard error as each phase begins, for a program that leads the run; "
               "when all are connected, and before they leave, it waits for one on standard input");
}

void AddRate(CLI::App& app, Options& options, const char* text) {
  app.add_option("--rate", options.rate, text)->check(CLI::Range(0.0, 10'000'000.0));
}

void AddIdlePeople(CLI::App& app, Options& options) {
  app.add_option("--idle-people", options.idle_people,
                 "People who are connected besides and say nothing")
      ->check(CLI::Range(std::size_t{0}, kMaxConnections));
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
  pairs->add_flag("--real", options.real,
                  "A real conversation: typing before each message, delivered and read after it");
  AddIdlePeople(*pairs, options);
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
  AddIdlePeople(*mixed, options);
  mixed->callback([&options] {
    options.workload = WorkloadKind::kMixed;
    if (options.rate <= 0) options.rate = kMixedRate;
  });
}

void AddStorm(CLI::App& app, Options& options) {
  auto* storm = app.add_subcommand(
      "storm",
      "All people come back at once: to the one server that is killed and started again, or from "
      "the first of several servers, which somebody else kills");
  AddCommon(*storm, options);
  auto* people = storm->add_option("--people", options.people, "People, each with one device")
                     ->check(CLI::Range(std::size_t{8}, kMaxConnections));
  storm
      ->add_option("--outsiders", options.outsiders,
                   "How many of them stay: at the other servers, where they alone send; on one "
                   "server they send what the others miss")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  auto* rooms =
      storm
          ->add_option("--conversations", options.rooms,
                       "Conversations: seven of ten one to one, the others groups of 3 to 20; "
                       "each tenth has an outsider too")
          ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  AddRate(*storm, options, "Several servers: messages/s of all together (default: 20)");
  storm->add_flag("--no-restart{false}", options.restart,
                  "One server: it stays, and the clients drop their connections");
  storm->add_option("--missed", options.missed,
                    "One server: messages that are sent while people are away");
  storm->add_option("--stored", options.stored, "One server: messages in the store before all that")
      ->check(CLI::Range(std::uint64_t{0}, kMaxStored));
  storm->callback([&options, people, rooms] {
    options.workload = WorkloadKind::kStorm;
    if (options.rate <= 0) options.rate = kStormRate;
    if (people->count() == 0) options.people = kStormPeople;
    if (rooms->count() == 0) options.rooms = kStormRooms;
  });
}

void AddRestarts(CLI::App& app, Options& options) {
  app.add_option("--restarts", options.restarts, "Times that the server is killed and started")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1000}));
}

void AddInbox(CLI::App& app, Options& options) {
  auto* inbox =
      app.add_subcommand("inbox", "People with many conversations: their list of them, and resume");
  AddServer(*inbox, options);
  AddPayload(*inbox, options);
  inbox
      ->add_option("--conversations-each", options.conversations,
                   "Conversations of each: half one to one, half groups")
      ->check(CLI::Range(std::size_t{2}, kMaxConversations));
  auto* people = inbox->add_option("--people", options.people, "Such people (default: 3)")
                     ->check(CLI::Range(std::size_t{3}, std::size_t{100}));  // two are no group
  inbox->add_option("--repeats", options.repeats, "Measurements of each person with a warm server")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}));
  AddRestarts(*inbox, options);
  inbox->callback([&options, people] {
    options.workload = WorkloadKind::kInbox;
    if (people->count() == 0) options.people = kInboxPeople;
  });
}

void AddHistory(CLI::App& app, Options& options) {
  auto* history = app.add_subcommand(
      "history", "A store with many messages: pages, sends beside it, restart, bytes on the disk");
  AddServer(*history, options);
  AddPayload(*history, options);
  history->add_option("--stored", options.stored, "Messages in the store")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, kMaxStored));
  auto* rooms =
      history->add_option("--conversations", options.rooms, "Conversations that have them")
          ->check(CLI::Range(std::size_t{1}, kMaxConnections));
  history->add_flag("--fill-only", options.fill_only, "Fill the store and tell how fast that was");
  history->add_option("--pages", options.pages, "Pages to get, of each kind")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  history->add_option("--pairs", options.pairs, "Pairs who talk in a closed loop beside it")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections / 2));
  history->add_option("--duration", options.duration_s, "Seconds for which they do")
      ->check(CLI::Range(0.1, 86400.0));
  AddRestarts(*history, options);
  history->callback([&options, rooms] {
    options.workload = WorkloadKind::kHistory;
    if (rooms->count() == 0) options.rooms = kHistoryRooms;
  });
}

void AddPages(CLI::App& app, Options& options) {
  auto* pages = app.add_subcommand("pages", "The same page over and over, of any web server");
  pages->add_option("--url", options.url, "What to get: http://127.0.0.1:8080/path?query")
      ->required();
  pages->add_option("--token", options.token, "Of the session that asks");
  pages
      ->add_option("--pid", options.pids,
                   "Process of the server (default: whoever listens on its port)")
      ->expected(1)
      ->check(CLI::Range(1, std::numeric_limits<int>::max()));
  pages->add_option("--pages", options.pages, "How often")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
  pages
      ->add_option("--connections", options.connections,
                   "Connections, kept; each asks when it has its answer (default: 4)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
  pages->add_option("--json", options.json_file, "Write the result here too; - is standard output");
  pages->add_flag("--quiet", options.quiet, "No progress line");
  auto* connections = pages->get_option("--connections");
  pages->callback([&options, connections] {
    options.workload = WorkloadKind::kPages;
    if (connections->count() == 0) options.connections = kPageConnections;
  });
}

const char* ContradictionOfStorm(const Options& options) {
  if (options.outsiders + 4 > options.people) return "--outsiders: all but four --people at most";
  const bool one = ComesBackToTheSame(options);
  if (!one && (!options.restart || options.missed > 0 || options.stored > 0)) {
    return "--no-restart, --missed, --stored: for one server";
  }
  if (one && options.restart && !options.spawn) {
    return "storm on one server restarts it: --spawn, or --no-restart";
  }
  if (one && !options.restart && options.missed == 0) return "--no-restart: wants --missed";
  // Outsiders are in each tenth; a client that is far behind begins anew and recovers nothing.
  if (options.missed > kMostMissed * ((options.rooms + 9) / 10)) {
    return "--missed: at most 400 in each tenth of --conversations";
  }
  return nullptr;
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
  if (AllThreads(options) > kMaxThreads)
    return "--threads, --processes: at most 256 threads in all";
  if (!options.data_dir.empty() && !options.spawn) return "--data-dir: only with --spawn";
  const bool restarts = options.workload == WorkloadKind::kInbox ||
                        (options.workload == WorkloadKind::kHistory && !options.fill_only);
  if (restarts && !options.spawn) return "it restarts the server: --spawn";
  if (options.workload == WorkloadKind::kStorm) return ContradictionOfStorm(options);
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
    case WorkloadKind::kInbox:
      return "inbox";
    case WorkloadKind::kHistory:
      return "history";
    case WorkloadKind::kPages:
      return "pages";
    case WorkloadKind::kFill:
      return "fill";
  }
  return "";
}

bool ComesBackToTheSame(const Options& options) {
  return options.workload == WorkloadKind::kStorm && options.servers.size() < 2;
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
  AddInbox(app, options);
  AddHistory(app, options);
  AddPages(app, options);
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
