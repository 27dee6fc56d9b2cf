#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "storage/cassandra/schema.h"
#include "storage/cassandra/session.h"
#include "storage/node_signs.h"
#include "storage/store.h"

namespace parley::storage::cassandra {

struct OpenOptions {
  SessionOptions session;
  SchemaOptions schema;
  /// What one conditional batch carries, about. Cassandra takes none beyond half a segment of its
  /// commit log.
  std::size_t max_batch_bytes = 1'000'000;
  /// Outlives the store. Null: the system's.
  Clock* clock = nullptr;
};

/// The tables that this program reads and writes.
Schema CurrentSchema();

/// A store on a cluster that other processes use too.
class ClusterStore : public Store {
 public:
  /// For metrics, by statement, and for the doctor.
  virtual Session& session() = 0;
  /// What nodes tell each other here while the bus is silent.
  virtual NodeSigns& node_signs() = 0;
};

/// Opens the store that many machines share: Cassandra (docs/storage.md). Connects, makes or
/// awaits the schema, prepares the statements. Blocks; from no shard.
///
/// kUnavailable: the cluster is not there, or not yet: try again; kPermissionDenied: it refuses our
/// credentials, or what we want to do; kInvalidArgument: options that cannot be, or a keyspace that
/// a newer version has written, or that is half moved (importer.h). The message says what to do.
Result<std::unique_ptr<ClusterStore>> Open(OpenOptions options);

}  // namespace parley::storage::cassandra
