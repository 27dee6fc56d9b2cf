#pragma once

#include <vector>

#include "base/function.h"
#include "base/status.h"
#include "runtime/task.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// Statements for rows of one partition: written as one.
using PartitionWrite = std::vector<Bound>;

/// Writes each for itself, Session::kWidth at a time. After the first error no more are begun, and
/// that error is the answer once all that were have ended: others may have been applied. `done` is
/// called exactly once, on a thread of the driver or within the call, and must only hand over.
void WriteAll(Session& session, std::vector<PartitionWrite> writes,
              UniqueFunction<void(Status)> done);

/// The same for a shard. The session outlives it.
runtime::Task<Status> WriteAll(Session* session, std::vector<PartitionWrite> writes);

}  // namespace parley::storage::cassandra
