#include "storage/cassandra/cassandra_node_signs.h"

#include <utility>
#include <vector>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

// Which nodes are on the bus: one partition, a row for each of a few. Each start of a server is
// another node: the rows of earlier ones, and what is left of them, go after a while.
constexpr std::string_view kTables[] = {
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.node_signs (
      fleet text,
      node uuid,
      beat bigint,
      PRIMARY KEY (fleet, node))
      WITH default_time_to_live = 60 AND gc_grace_seconds = 10800)",
};

}  // namespace

std::span<const std::string_view> CassandraNodeSigns::Tables() { return kTables; }

Result<std::unique_ptr<CassandraNodeSigns>> CassandraNodeSigns::Open(Session& session) {
  const StatementOptions options{.idempotent = true};
  PARLEY_ASSIGN(
      const Statement* give,
      session.Prepare("node_signs.give",
                      "INSERT INTO {keyspace}.node_signs (fleet, node, beat) VALUES ('all', ?, ?)",
                      options));
  PARLEY_ASSIGN(
      const Statement* read,
      session.Prepare("node_signs.read",
                      "SELECT node, beat FROM {keyspace}.node_signs WHERE fleet = 'all'", options));
  return std::unique_ptr<CassandraNodeSigns>(new CassandraNodeSigns(session, *give, *read));
}

runtime::Task<Status> CassandraNodeSigns::Give(NodeSign sign) {
  co_return (
      co_await session_.Execute(Bind(give_, UuidValue(sign.node), BigintValue(sign.beat)), {}))
      .status();
}

runtime::Task<Result<std::vector<NodeSign>>> CassandraNodeSigns::Read() {
  PARLEY_CO_ASSIGN(const Rows rows, co_await session_.Execute(Bind(read_), {}));
  std::vector<NodeSign> signs;
  signs.reserve(rows.size());
  for (const Row row : rows) {
    NodeSign sign;
    PARLEY_CO_ASSIGN(sign.node, ReadUuid(row[0]));
    PARLEY_CO_ASSIGN(sign.beat, ReadBigint(row[1]));
    signs.push_back(sign);
  }
  co_return signs;
}

}  // namespace parley::storage::cassandra
