#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace parley::bench {

enum class WorkloadKind {
  kPairs,
  kGroup,
  kIdle,
  kMixed,
  kStorm,
  kInbox,
  kHistory,
  kPages,
  kFill,  ///< no command: how the others put messages into the store
};

/// What the command line asks for.
struct Options {
  WorkloadKind workload = WorkloadKind::kPairs;

  // Of every workload.
  std::vector<std::string> servers;     ///< URLs; none with `spawn`
  bool spawn = false;                   ///< start a server for this run
  std::string parleyd;                  ///< its program; empty: the one beside this program
  std::vector<std::string> server_set;  ///< "a.b=value" for it
  std::vector<int> pids;                ///< of the only server; none: found by its port
  double duration_s = 10;
  std::uint64_t messages = 0;  ///< acknowledged, which end the measuring too; 0: time alone
  double warmup_s = 2;
  double drain_s = 10;  ///< longest wait for what is under way at the end
  std::size_t payload_bytes = 128;
  std::size_t threads = 1;
  std::string json_file;
  std::string accounts_file;  ///< accounts of earlier runs; empty: new ones alone
  std::uint64_t seed = 1;
  bool quiet = false;   ///< no progress
  bool phases = false;  ///< a line on standard error as each phase begins; see --help

  std::size_t processes = 1;  ///< of the generator; `threads` in each
  std::string data_dir;       ///< of the spawned server, kept; empty: temporary

  std::size_t pairs = 100;         ///< pairs
  std::size_t members = 100;       ///< group
  std::size_t senders = 1;         ///< group
  std::size_t connections = 1000;  ///< idle
  std::size_t people = 100;        ///< mixed, storm
  std::size_t rooms = 150;         ///< mixed, storm
  std::size_t outsiders = 20;      ///< storm: of the people, who are not at the first server
  double reconnect_s = 60;         ///< mixed: mean time between reconnects of one person
  std::size_t idle_people = 0;     ///< pairs, mixed: connected besides, who say nothing
  bool real = false;               ///< pairs: positions and typing too

  bool restart = true;               ///< storm on one server: it is killed; else clients drop
  std::size_t missed = 0;            ///< storm on one server: messages sent while people are away
  std::uint64_t stored = 0;          ///< storm, history: messages put into the store before
  std::size_t conversations = 1000;  ///< inbox: of each person
  bool fill_only = false;            ///< history: no more than that
  std::size_t repeats = 50;          ///< inbox: warm measurements for each person
  std::size_t restarts = 3;          ///< inbox, history
  std::size_t pages = 2000;          ///< history, pages: requests of each kind
  std::string url;                   ///< pages
  std::string token;                 ///< pages: of the session that asks; empty: none

  double rate = 0;            ///< messages/s in all, open loop; 0: closed loop
  std::size_t in_flight = 1;  ///< closed loop: per pair, or unanswered per sender of the group
};

/// Whether a storm is of the one server that there is: nobody else leads it.
bool ComesBackToTheSame(const Options& options);

/// All threads of the generator, over all of its processes.
inline std::size_t AllThreads(const Options& options) {
  return options.threads * options.processes;
}

/// Nothing, and the exit code in `exit_code`, where there is nothing to run: help, or a usage
/// error, which has been printed.
std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code);

const char* WorkloadName(WorkloadKind kind);

}  // namespace parley::bench
