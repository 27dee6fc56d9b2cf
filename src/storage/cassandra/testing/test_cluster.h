#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// The nodes that the environment names, for a session of the test's own keyspace:
/// PARLEY_CASSANDRA="127.0.0.1:9042,…", where they want it with PARLEY_CASSANDRA_CA,
/// PARLEY_CASSANDRA_USER and PARLEY_CASSANDRA_PASSWORD. kInvalidArgument where it names none.
Result<SessionOptions> TestSessionOptions(std::string keyspace);

/// A keyspace that nobody else has, of three replicas; gone at the end. Not there yet: the schema.
class TestKeyspace {
 public:
  /// Blocks. The session knows the keyspace.
  static Result<std::unique_ptr<TestKeyspace>> Create();
  /// Drops it.
  ~TestKeyspace();
  TestKeyspace(const TestKeyspace&) = delete;
  TestKeyspace& operator=(const TestKeyspace&) = delete;

  const std::string& name() const { return name_; }
  Session& session() { return *session_; }

 private:
  TestKeyspace(std::string name, std::unique_ptr<Session> session)
      : name_(std::move(name)), session_(std::move(session)) {}

  const std::string name_;
  const std::unique_ptr<Session> session_;
};

/// Empties tables between tests. TRUNCATE takes long, so only those that the session has written
/// since: its own counts tell.
class Truncator {
 public:
  /// Blocks; only while nothing is under way.
  Status Truncate(Session& session);

 private:
  std::map<std::string, std::uint64_t> writes_;  // by table, at the last time
};

}  // namespace parley::storage::cassandra
