#pragma once

#include <vector>

#include "base/result.h"
#include "storage/cassandra/effects_fanout.h"
#include "storage/cassandra/import_statements.h"
#include "storage/transfer.h"

namespace parley::storage::cassandra {

/// What is to be written for records of a move, neighbours of one partition together. Each says the
/// same however often it is written. kDataLoss for records that CheckRecord would not pass. Pure.
Result<std::vector<PartitionWrite>> ImportWritesOf(const ImportStatements& statements,
                                                   RecordKind kind,
                                                   const std::vector<Record>& records);

}  // namespace parley::storage::cassandra
