#include "storage/cassandra/testing/test_cluster.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/uuid.h"

namespace parley::storage::cassandra {
namespace {

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string RandomKeyspace() {
  SystemRandom random;
  std::string name = "test_" + Uuid::Version7(SystemClock().Now(), random).ToString();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

Result<SessionOptions> TestSessionOptions(std::string keyspace) {
  SessionOptions options;
  options.keyspace = std::move(keyspace);
  options.user = FromEnvironment("PARLEY_CASSANDRA_USER");
  options.password = FromEnvironment("PARLEY_CASSANDRA_PASSWORD");
  options.ca_file = FromEnvironment("PARLEY_CASSANDRA_CA");
  std::istringstream nodes(FromEnvironment("PARLEY_CASSANDRA"));
  for (std::string node; std::getline(nodes, node, ',');) {
    options.contact_points.push_back(std::move(node));
  }
  if (options.contact_points.empty()) {
    return InvalidArgument(
        "these tests need a cluster of Cassandra: run them by ctest, or set PARLEY_CASSANDRA to "
        "\"host:port,host:port,…\" of one that may be written");
  }
  return options;
}

Result<std::unique_ptr<TestKeyspace>> TestKeyspace::Create() {
  std::string name = RandomKeyspace();
  PARLEY_ASSIGN(SessionOptions options, TestSessionOptions(name));
  PARLEY_ASSIGN(std::unique_ptr<Session> session, Session::Connect(std::move(options)));
  PARLEY_ASSIGN(const Rows local, session->Run("SELECT data_center FROM system.local"));
  PARLEY_ASSIGN(const Rows made,
                session->Run(fmt::format("CREATE KEYSPACE {} WITH replication = "
                                         "{{'class': 'NetworkTopologyStrategy', '{}': 3}}",
                                         name, local[0][0].value_or("datacenter1"))));
  return std::unique_ptr<TestKeyspace>(new TestKeyspace(std::move(name), std::move(session)));
}

TestKeyspace::~TestKeyspace() {
  const Result<Rows> dropped = session_->Run(fmt::format("DROP KEYSPACE IF EXISTS {}", name_));
  IgnoreStatus(dropped.status(), "an empty keyspace of a test may stay");
}

Status Truncator::Truncate(Session& session) {
  std::map<std::string, std::uint64_t> writes;
  for (const StatementStats& statement : session.stats().statements) {
    if (!statement.reads) writes[statement.table] += statement.executions;
  }
  for (const auto& [table, count] : writes) {
    if (writes_[table] == count) continue;
    PARLEY_TRY(session.Run("TRUNCATE {keyspace}." + table).status());
  }
  writes_ = std::move(writes);
  return {};
}

}  // namespace parley::storage::cassandra
