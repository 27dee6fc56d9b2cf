#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// What a cluster tells of itself, as far as the promises of the store rest on it.
struct ClusterFacts {
  std::string datacenter;                    ///< the one that we use
  std::map<std::string, std::size_t> nodes;  ///< by datacenter, those that are down included
  std::set<std::string> versions;            ///< of the nodes
  std::string keyspace;
  bool keyspace_exists = false;
  bool durable_writes = true;
  std::string strategy;                         ///< class of the replication, without its package
  std::map<std::string, std::size_t> replicas;  ///< by datacenter
  /// Settings by name, with the values that nodes gave: more than one where they differ.
  std::map<std::string, std::set<std::string>> settings;
};

/// Blocks; from no shard. The settings are each node's own, and a statement comes to some node: a
/// few are asked. What this user may not read is left out.
Result<ClusterFacts> ReadClusterFacts(Session& session);

/// One thing that was looked at.
struct ClusterFinding {
  enum class Severity : std::uint8_t {
    kOk,
    kWarning,  ///< works, but not as well or as safely as it should
    kError,    ///< does not work, or loses what was acknowledged
  };

  Severity severity = Severity::kOk;
  std::string_view check;  ///< a stable name: "cassandra.replication"
  std::string message;     ///< what is the case
  std::string advice;      ///< what to do; empty where all is well
};

/// What of it is unsafe. Pure. One finding for each check that could be made.
std::vector<ClusterFinding> JudgeCluster(const ClusterFacts& facts);

/// "{'class': 'org.apache.cassandra.locator.NetworkTopologyStrategy', 'dc1': '3'}" as rows of
/// system_schema.keyspaces have it: a map<text, text>, in CQL wire bytes.
Result<std::map<std::string, std::string>> ReadTextMap(std::optional<std::string_view> cell);

}  // namespace parley::storage::cassandra
