#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/cassandra/session.h"

namespace parley {
class Logger;
}

namespace parley::storage::cassandra {

/// The layout of tables that this program reads and writes. Raise it together with a step in
/// Schema::migrations.
inline constexpr std::int64_t kSchemaVersion = 1;

/// One step forward, from one version to the next.
struct Migration {
  std::int64_t from = 0;
  std::string_view what;  ///< for the log, and the error when it fails
  /// One after the other, on "{keyspace}". They may be run again after a crash between them, so
  /// each says IF NOT EXISTS or the like. Servers of the version before may be running meanwhile.
  std::vector<std::string_view> statements;
};

/// What a keyspace should be.
struct Schema {
  std::int64_t version = kSchemaVersion;
  /// CREATE TABLE IF NOT EXISTS {keyspace}.…, as of `version`.
  std::vector<std::string_view> tables;
  std::span<const Migration> migrations;
};

struct SchemaOptions {
  /// With what a new keyspace is made, a map in CQL. Empty: three replicas in our datacenter. A
  /// keyspace that is there already keeps its own.
  std::string replication = {};
  /// How long to wait for another server that changes the schema, and to try again what was not
  /// answered.
  std::chrono::milliseconds patience{std::chrono::minutes(2)};
  /// Gives up waiting.
  std::stop_token stop = {};
  /// Told what is changed and awaited; may be null.
  Logger* log = nullptr;
};

/// Makes the session's keyspace and its tables where they are missing, and brings them to
/// `schema.version`. Any number of servers may call it at the same time: one changes the schema,
/// under a lock in the table schema_state, the others wait for it. Where all is as it should be,
/// it only reads. Blocks; from no shard.
///
/// kInvalidArgument: the keyspace's name or replication cannot be, or it was written by a newer
/// version (and is left as it is); kPermissionDenied: the user may not make it; kUnavailable: try
/// again. The message says what to do.
Status OpenSchema(Session& session, const Schema& schema, const SchemaOptions& options);

/// The table that a CREATE TABLE statement on "{keyspace}" makes.
std::string_view TableOf(std::string_view create);

/// Whether a keyspace may be called that: letters in lower case, digits and "_", at most 48, a
/// letter first. Such names need no quotes.
bool IsKeyspaceName(std::string_view name);

}  // namespace parley::storage::cassandra
