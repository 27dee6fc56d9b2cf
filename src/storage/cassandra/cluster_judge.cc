#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/cassandra/cluster_settings.h"

namespace parley::storage::cassandra {
namespace {

using Severity = ClusterFinding::Severity;

constexpr std::size_t kReplicas = 3;
/// Paxos v2 came with it, and the settings that we ask for.
constexpr std::pair kOldest{4, 1};

/// Judges one cluster, check by check.
class Judge {
 public:
  explicit Judge(const ClusterFacts& facts) : facts_(facts) {}

  std::vector<ClusterFinding> All() && {
    Nodes();
    Versions();
    Replication();
    DurableWrites();
    CommitLog();
    PaxosVariant();
    PaxosPurging();
    return std::move(findings_);
  }

 private:
  void Add(Severity severity, std::string_view check, std::string message,
           std::string advice = {}) {
    findings_.push_back({severity, check, std::move(message), std::move(advice)});
  }

  std::size_t NodesHere() const {
    const auto here = facts_.nodes.find(facts_.datacenter);
    return here == facts_.nodes.end() ? 0 : here->second;
  }

  void Nodes() {
    constexpr std::string_view kCheck = "cassandra.nodes";
    const std::size_t nodes = NodesHere();
    std::string message = fmt::format("{} nodes in the datacenter {}", nodes, facts_.datacenter);
    if (nodes >= kReplicas) return Add(Severity::kOk, kCheck, std::move(message));
    Add(Severity::kWarning, kCheck, std::move(message),
        "Run at least three, on machines of their own: then one may fail.");
  }

  void Versions() {
    constexpr std::string_view kCheck = "cassandra.versions";
    if (facts_.versions.empty()) return;
    std::string message = fmt::format("Cassandra {}", fmt::join(facts_.versions, ", "));
    const bool old = std::any_of(facts_.versions.begin(), facts_.versions.end(),
                                 [](const std::string& version) { return IsOld(version); });
    if (old) {
      Add(Severity::kWarning, kCheck, std::move(message),
          "Parley is tested with 5.0; before 4.1 conditional writes are slower and less certain. "
          "Upgrade the cluster.");
    } else if (facts_.versions.size() > 1) {
      Add(Severity::kWarning, kCheck, std::move(message), "Finish the upgrade of all nodes.");
    } else {
      Add(Severity::kOk, kCheck, std::move(message));
    }
  }

  static bool IsOld(std::string_view version) {
    int major = 0;
    int minor = 0;
    const char* end = version.data() + version.size();
    const auto first = std::from_chars(version.data(), end, major);
    if (first.ec != std::errc()) return false;
    if (first.ptr != end) std::from_chars(first.ptr + 1, end, minor);
    return std::pair(major, minor) < kOldest;
  }

  void Replication() {
    constexpr std::string_view kCheck = "cassandra.replication";
    if (!facts_.keyspace_exists) {
      return Add(
          Severity::kOk, kCheck,
          fmt::format("the keyspace {} is not there yet: it will be made with three replicas",
                      facts_.keyspace));
    }
    const auto here = facts_.replicas.find(facts_.datacenter);
    const std::size_t replicas = here == facts_.replicas.end() ? 0 : here->second;
    std::string message =
        fmt::format("the keyspace {} has {} replicas in the datacenter {} ({})", facts_.keyspace,
                    replicas, facts_.datacenter, facts_.strategy);
    const std::string alter = fmt::format(
        "ALTER KEYSPACE {} WITH replication = {{'class': 'NetworkTopologyStrategy', '{}': 3}}; "
        "then "
        "nodetool repair --full {} on every node.",
        facts_.keyspace, facts_.datacenter, facts_.keyspace);
    if (replicas == 0) {
      Add(Severity::kError, kCheck, std::move(message), "Nothing can be written here. " + alter);
    } else if (replicas > NodesHere()) {
      Add(replicas / 2 + 1 > NodesHere() ? Severity::kError : Severity::kWarning, kCheck,
          std::move(message), fmt::format("There are only {} nodes: add some.", NodesHere()));
    } else if (replicas == 1) {
      Add(Severity::kError, kCheck, std::move(message),
          "Who loses that one node's disk loses messages, and while it is down nothing works. " +
              alter);
    } else if (replicas == 2) {
      Add(Severity::kWarning, kCheck, std::move(message),
          "A quorum of two is both: with either node down nothing is written. " + alter);
    } else if (facts_.strategy != "NetworkTopologyStrategy") {
      Add(Severity::kWarning, kCheck, std::move(message),
          "This strategy knows neither racks nor datacenters. " + alter);
    } else {
      Add(Severity::kOk, kCheck, std::move(message));
    }
  }

  void DurableWrites() {
    if (!facts_.keyspace_exists || facts_.durable_writes) return;
    Add(Severity::kError, "cassandra.durable_writes",
        fmt::format("the keyspace {} is written without a commit log", facts_.keyspace),
        fmt::format("What was acknowledged is lost with the process. ALTER KEYSPACE {} WITH "
                    "durable_writes = true;",
                    facts_.keyspace));
  }

  /// The values of a setting, or nothing where it could not be read.
  const std::set<std::string>* Setting(const std::string& name) const {
    const auto found = facts_.settings.find(name);
    return found == facts_.settings.end() || found->second.empty() ? nullptr : &found->second;
  }

  std::string Said(const std::string& name) const {
    return fmt::format("{}: {}", name, fmt::join(*Setting(name), ", "));
  }

  void CommitLog() {
    constexpr std::string_view kCheck = "cassandra.commitlog_sync";
    const std::set<std::string>* sync = Setting("commitlog_sync");
    if (sync == nullptr) return;
    if (!sync->contains("periodic")) return Add(Severity::kOk, kCheck, Said("commitlog_sync"));
    const std::set<std::string>* period = Setting("commitlog_sync_period");
    Add(Severity::kWarning, kCheck, Said("commitlog_sync"),
        fmt::format(
            "Writes are acknowledged before they are on a disk: a power cut of all replicas "
            "loses the last {}. Set commitlog_sync: batch (or group) in cassandra.yaml of "
            "every node; or give the replicas power of their own.",
            period == nullptr ? std::string("10 s") : *period->begin()));
  }

  void PaxosVariant() {
    constexpr std::string_view kCheck = "cassandra.paxos_variant";
    const std::set<std::string>* variant = Setting("paxos_variant");
    if (variant == nullptr) return;
    const bool first = std::any_of(variant->begin(), variant->end(), [](const std::string& value) {
      return value.starts_with("v1");
    });
    if (!first) return Add(Severity::kOk, kCheck, Said("paxos_variant"));
    Add(Severity::kWarning, kCheck, Said("paxos_variant"),
        "Every message waits for one more round trip between the nodes, and more while they are "
        "contended. Set paxos_variant: v2 in cassandra.yaml of every node.");
  }

  void PaxosPurging() {
    constexpr std::string_view kCheck = "cassandra.paxos_state_purging";
    const std::set<std::string>* purging = Setting("paxos_state_purging");
    if (purging == nullptr) return;
    if (*purging == std::set<std::string>{"repaired"}) {
      return Add(Severity::kOk, kCheck,
                 Said("paxos_state_purging") +
                     ": run nodetool repair --paxos-only regularly, or its tables only grow");
    }
    Add(Severity::kWarning, kCheck, Said("paxos_state_purging"),
        "What Paxos remembers is forgotten after a time, whether or not all replicas know it. Run "
        "nodetool repair --paxos-only regularly, then set paxos_state_purging: repaired.");
  }

  const ClusterFacts& facts_;
  std::vector<ClusterFinding> findings_;
};

}  // namespace

std::vector<ClusterFinding> JudgeCluster(const ClusterFacts& facts) { return Judge(facts).All(); }

}  // namespace parley::storage::cassandra
