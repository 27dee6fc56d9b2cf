#pragma once

#include <array>
#include <string>

#include "storage/cassandra/session.h"
#include "storage/transfer.h"

namespace parley::storage::cassandra {

/// What an import wrote, read back from the tables that the stores read: each kind by a walk over
/// one table. Right as long as no server has written. Threads as Exporter's.
class ReadBack final : public Exporter {
 public:
  /// The session outlives it.
  explicit ReadBack(Session& session) : session_(session) {}

  /// Prepares all statements. Blocks; from no shard. The tables must be there.
  Status Prepare();

  std::string identity() const override { return "cassandra"; }
  Result<RecordPage> Read(RecordKind kind, std::string_view from) override;

 private:
  Session& session_;
  std::array<const Statement*, kRecordKinds> walks_{};
};

}  // namespace parley::storage::cassandra
