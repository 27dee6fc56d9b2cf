#pragma once

#include <memory>

#include "base/result.h"
#include "storage/cassandra/cassandra_store.h"
#include "storage/transfer.h"

namespace parley::storage::cassandra {

/// Opens the keyspace to move data into it: connects, makes or awaits the schema, prepares the
/// statements. Blocks; from no shard. Errors as of Open, but a half moved keyspace is what it is
/// for.
Result<std::unique_ptr<Importer>> OpenImporter(OpenOptions options);

/// The same on a session that is there, and outlives it, with all tables.
Result<std::unique_ptr<Importer>> MakeImporter(Session& session);

}  // namespace parley::storage::cassandra
