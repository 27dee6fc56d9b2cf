#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/uuid.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// Runs one statement to its end. Blocks; from no shard.
Result<Rows> ExecuteAndWait(Session& session, Bound bound);

/// The table schema_state: which version the schema has, and who changes it now. All of it is
/// changed by conditional statements and read serially. Blocks; from no shard.
class SchemaState {
 public:
  /// Who holds the lock and dies is forgotten after so long. Longer than any one statement takes.
  static constexpr std::chrono::seconds kLockTtl{120};

  /// Makes the table where it is missing. Several servers may do so at once.
  static Result<SchemaState> Open(Session& session);

  /// Nothing where no schema was ever made.
  Result<std::optional<std::int64_t>> ReadVersion();
  /// From `old` (nothing: there was none) to `version`. kConflict where it was not `old`; kUnknown
  /// where it may or may not come to be so.
  Status WriteVersion(std::optional<std::int64_t> old, std::int64_t version);

  /// Whether `owner` has the lock now; false while another one has it.
  Result<bool> Lock(const Uuid& owner);
  /// The lock is ours for another kLockTtl. kUnavailable where it was lost.
  Status Renew(const Uuid& owner);
  void Unlock(const Uuid& owner);

 private:
  explicit SchemaState(Session& session) : session_(&session) {}

  Status Prepare();
  Result<Rows> Run(Bound bound) { return ExecuteAndWait(*session_, std::move(bound)); }

  Session* session_;
  const Statement* read_version_ = nullptr;
  const Statement* first_version_ = nullptr;
  const Statement* next_version_ = nullptr;
  const Statement* read_owner_ = nullptr;
  const Statement* lock_ = nullptr;
  const Statement* renew_ = nullptr;
  const Statement* unlock_ = nullptr;
};

}  // namespace parley::storage::cassandra
