#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace parley::bench {

enum class WorkloadKind { kPairs, kGroup, kIdle, kMixed, kStorm };

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
  double warmup_s = 2;
  double drain_s = 10;  ///< longest wait for what is under way at the end
  std::size_t payload_bytes = 128;
  std::size_t threads = 1;
  std::string json_file;
  std::string accounts_file;  ///< accounts of earlier runs; empty: new ones alone
  std::uint64_t seed = 1;
  bool quiet = false;   ///< no progress
  bool phases = false;  ///< a line on standard error as each phase begins; see --help

  std::size_t pairs = 100;         ///< pairs
  std::size_t members = 100;       ///< group
  std::size_t senders = 1;         ///< group
  std::size_t connections = 1000;  ///< idle
  std::size_t people = 100;        ///< mixed, storm
  std::size_t rooms = 150;         ///< mixed, storm
  std::size_t outsiders = 20;      ///< storm: of the people, who are not at the first server
  double reconnect_s = 60;         ///< mixed: mean time between reconnects of one person

  double rate = 0;            ///< messages/s in all, open loop; 0: closed loop
  std::size_t in_flight = 1;  ///< closed loop: per pair, or unanswered per sender of the group
};

/// Nothing, and the exit code in `exit_code`, where there is nothing to run: help, or a usage
/// error, which has been printed.
std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code);

const char* WorkloadName(WorkloadKind kind);

}  // namespace parley::bench
