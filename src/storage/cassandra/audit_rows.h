#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/administration.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"

namespace parley::storage::cassandra {

/// The partition of the audit log that an entry lies in: 30 days, by the time in its id. Pure.
std::int32_t AuditPeriodOf(AuditId id);
/// The least id that an entry of `time` or later may have (UUIDv7 begin with their milliseconds).
/// Pure.
AuditId FirstAuditIdOf(TimePoint time);

/// The audit log. Threads and lifetime as AdminStore.
class AuditRows {
 public:
  explicit AuditRows(const AccountStatements& statements) : cql_(statements) {}

  /// Adding one again changes nothing.
  runtime::Task<Status> Insert(std::vector<AuditEntry> entries);
  /// AdminStore::ListAudit and DropAudit.
  runtime::Task<Result<std::vector<AuditEntry>>> List(std::optional<AuditId> before,
                                                      std::size_t limit);
  runtime::Task<Status> Drop(TimePoint before);

 private:
  /// Newest first.
  runtime::Task<Result<std::vector<std::int32_t>>> Periods();

  const AccountStatements& cql_;
};

}  // namespace parley::storage::cassandra
