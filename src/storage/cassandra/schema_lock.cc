#include "storage/cassandra/schema_lock.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <future>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

/// FNV-1a, from two beginnings: 16 bytes that are another's only by accident.
/// (http://www.isthe.com/chongo/tech/comp/fnv/)
Uuid IdOf(std::string_view text) {
  Uuid::Bytes bytes{};
  std::size_t at = 0;
  for (std::uint64_t hash : {0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL}) {
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
    for (int shift = 0; shift < 64; shift += 8) {
      bytes[at++] = static_cast<std::uint8_t>(hash >> shift);
    }
  }
  return Uuid::Version8(bytes);
}

/// A table that two servers make at once, on two nodes, would be two tables of one name: but not
/// where they agree on its id. The other tables are made under the lock that this one has.
std::string CreateState(const std::string& keyspace) {
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS {0}.schema_state (name text PRIMARY KEY, version bigint, owner "
      "uuid) WITH ID = {1}",
      keyspace, IdOf(keyspace + ".schema_state").ToString());
}

}  // namespace

Result<Rows> ExecuteAndWait(Session& session, Bound bound) {
  std::promise<Result<Rows>> answer;
  std::future<Result<Rows>> future = answer.get_future();
  session.Execute(std::move(bound), {}, [answer = std::move(answer)](Result<Rows> rows) mutable {
    answer.set_value(std::move(rows));
  });
  return future.get();
}

Result<SchemaState> SchemaState::Open(Session& session) {
  const std::string& keyspace = session.options().keyspace;
  PARLEY_ASSIGN(const Rows found,
                session.Run(fmt::format("SELECT table_name FROM system_schema.tables WHERE "
                                        "keyspace_name = '{}' AND table_name = 'schema_state'",
                                        keyspace)));
  if (found.empty()) PARLEY_TRY(session.Run(CreateState(keyspace)).status());
  // Another server may have made it just now: the node that we ask next need not know it yet.
  PARLEY_TRY(session.AwaitSchema());
  SchemaState state(session);
  PARLEY_TRY(state.Prepare());
  return state;
}

Status SchemaState::Prepare() {
  const std::string ttl = std::to_string(kLockTtl.count());
  struct Wanted {
    const Statement** statement;
    std::string_view name;
    std::string cql;
  };
  const StatementOptions serial{.idempotent = true, .serial = true};
  const std::array wanted{
      Wanted{&read_version_, "schema.read_version",
             "SELECT version FROM {keyspace}.schema_state WHERE name = 'schema'"},
      Wanted{&first_version_, "schema.first_version",
             "INSERT INTO {keyspace}.schema_state (name, version) VALUES ('schema', ?) IF NOT "
             "EXISTS"},
      Wanted{&next_version_, "schema.next_version",
             "UPDATE {keyspace}.schema_state SET version = ? WHERE name = 'schema' IF version = ?"},
      Wanted{&read_owner_, "schema.read_owner",
             "SELECT owner FROM {keyspace}.schema_state WHERE name = 'lock'"},
      Wanted{&lock_, "schema.lock",
             "INSERT INTO {keyspace}.schema_state (name, owner) VALUES ('lock', ?) IF NOT EXISTS "
             "USING TTL " +
                 ttl},
      Wanted{&renew_, "schema.renew",
             "UPDATE {keyspace}.schema_state USING TTL " + ttl +
                 " SET owner = ? WHERE name = 'lock' IF owner = ?"},
      Wanted{&unlock_, "schema.unlock",
             "DELETE FROM {keyspace}.schema_state WHERE name = 'lock' IF owner = ?"}};
  for (const Wanted& one : wanted) {
    const bool reads = one.cql.starts_with("SELECT");
    PARLEY_ASSIGN(*one.statement, session_->Prepare(std::string(one.name), one.cql,
                                                    reads ? serial : StatementOptions{}));
  }
  return {};
}

Result<std::optional<std::int64_t>> SchemaState::ReadVersion() {
  PARLEY_ASSIGN(const Rows rows, Run(Bind(*read_version_)));
  if (rows.empty() || !rows[0][0]) return std::optional<std::int64_t>();
  PARLEY_ASSIGN(const std::int64_t version, ReadBigint(rows[0][0]));
  return std::optional<std::int64_t>(version);
}

Status SchemaState::WriteVersion(std::optional<std::int64_t> old, std::int64_t version) {
  Result<Rows> rows = Run(old ? Bind(*next_version_, BigintValue(version), BigintValue(*old))
                              : Bind(*first_version_, BigintValue(version)));
  if (rows.ok() && rows->applied()) return {};
  if (!rows.ok() && rows.status().code() != StatusCode::kUnknown) return rows.status();
  PARLEY_ASSIGN(const std::optional<std::int64_t> now, ReadVersion());
  if (now == version) return {};
  if (now == old) return {StatusCode::kUnknown, "the version was not written yet"};
  return Conflict("the version of the schema was changed by another server");
}

Result<bool> SchemaState::Lock(const Uuid& owner) {
  const Result<Rows> rows = Run(Bind(*lock_, UuidValue(owner)));
  if (rows.ok() && rows->applied()) return true;
  if (!rows.ok() && rows.status().code() != StatusCode::kUnknown) return rows.status();
  // It may be ours from a call whose answer did not come.
  PARLEY_ASSIGN(const Rows now, Run(Bind(*read_owner_)));
  if (now.empty() || !now[0][0]) return false;
  PARLEY_ASSIGN(const Uuid holder, ReadUuid(now[0][0]));
  return holder == owner;
}

Status SchemaState::Renew(const Uuid& owner) {
  PARLEY_ASSIGN(const Rows rows, Run(Bind(*renew_, UuidValue(owner), UuidValue(owner))));
  if (rows.applied()) return {};
  return Unavailable("another server took over changing the schema: try again");
}

void SchemaState::Unlock(const Uuid& owner) {
  const Result<Rows> rows = Run(Bind(*unlock_, UuidValue(owner)));
  IgnoreStatus(rows.status(), "a lock that stays is forgotten after kLockTtl");
}

}  // namespace parley::storage::cassandra
