#include "storage/cassandra/cluster_settings.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

/// How often the settings are asked for at most: with some luck every node of a small cluster.
constexpr std::size_t kMostSamples = 12;

std::optional<std::size_t> Number(std::string_view text) {
  std::size_t number = 0;
  // "3/1" (transient replication) counts as 3.
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

Status ReadNodes(Session& session, ClusterFacts& facts) {
  PARLEY_ASSIGN(const Rows local,
                session.Run("SELECT data_center, release_version FROM system.local"));
  PARLEY_ASSIGN(const Rows peers,
                session.Run("SELECT data_center, release_version FROM system.peers_v2"));
  for (const Rows* rows : {&local, &peers}) {
    for (const Row row : *rows) {
      ++facts.nodes[std::string(row[0].value_or("unknown"))];
      if (row[1]) facts.versions.emplace(*row[1]);
    }
  }
  facts.datacenter = session.options().datacenter;
  if (facts.datacenter.empty() && !local.empty()) facts.datacenter = local[0][0].value_or("");
  return {};
}

Status ReadKeyspace(Session& session, ClusterFacts& facts) {
  facts.keyspace = session.options().keyspace;
  PARLEY_ASSIGN(const Rows rows,
                session.Run(fmt::format("SELECT replication, durable_writes FROM "
                                        "system_schema.keyspaces WHERE keyspace_name = '{}'",
                                        facts.keyspace)));
  facts.keyspace_exists = !rows.empty();
  if (rows.empty()) return {};
  PARLEY_ASSIGN(const auto replication, ReadTextMap(rows[0][0]));
  PARLEY_ASSIGN(facts.durable_writes, ReadBoolean(rows[0][1]));
  for (const auto& [key, value] : replication) {
    if (key == "class") {
      facts.strategy = value.substr(value.rfind('.') + 1);
    } else if (const std::optional<std::size_t> count = Number(value)) {
      // SimpleStrategy knows no datacenters: what it has lies in ours too.
      facts.replicas[key == "replication_factor" ? facts.datacenter : key] = *count;
    }
  }
  return {};
}

/// Left out where this user may not read them, or the nodes are older than the table.
void ReadSettings(Session& session, ClusterFacts& facts) {
  std::size_t nodes = 0;
  for (const auto& [datacenter, count] : facts.nodes) nodes += count;
  for (std::size_t i = 0; i < std::min(2 * nodes, kMostSamples); ++i) {
    const Result<Rows> rows = session.Run(
        "SELECT name, value FROM system_views.settings WHERE name IN ('commitlog_sync', "
        "'commitlog_sync_period', 'paxos_variant', 'paxos_state_purging')");
    if (!rows.ok()) return;
    for (const Row row : *rows) {
      if (row[0] && row[1]) facts.settings[std::string(*row[0])].emplace(*row[1]);
    }
  }
}

}  // namespace

Result<std::map<std::string, std::string>> ReadTextMap(std::optional<std::string_view> cell) {
  std::map<std::string, std::string> map;
  if (!cell) return map;
  // On the wire a map is a list of twice as many, keys and values by turns, with half the count.
  if (cell->size() < 4) return DataLoss("a column of the database is no map");
  PARLEY_ASSIGN(const std::int32_t pairs, ReadInt(cell->substr(0, 4)));
  if (pairs < 0 || static_cast<std::size_t>(pairs) > cell->size()) {
    return DataLoss("a column of the database is no map");
  }
  std::string list = *IntValue(2 * pairs);
  list.append(cell->substr(4));
  PARLEY_ASSIGN(const std::vector<std::string> elements, ReadBlobs(list));
  for (std::size_t i = 0; i + 1 < elements.size(); i += 2) map[elements[i]] = elements[i + 1];
  return map;
}

Result<ClusterFacts> ReadClusterFacts(Session& session) {
  ClusterFacts facts;
  PARLEY_TRY(ReadNodes(session, facts));
  PARLEY_TRY(ReadKeyspace(session, facts));
  ReadSettings(session, facts);
  return facts;
}

}  // namespace parley::storage::cassandra
