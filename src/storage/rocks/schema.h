#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <rocksdb/write_batch.h>

#include "base/result.h"
#include "storage/rocks/database.h"

namespace parley::storage::rocks {

/// The layout of rows that this program writes: keys, families, and versions of records that older
/// programs refuse. Raise it together with a step in kMigrations.
inline constexpr std::uint32_t kSchemaVersion = 2;

/// Where in Family::kMeta the layout of the data is told, as ParseSchemaVersion reads it.
inline constexpr std::string_view kSchemaVersionKey = "schema_version";
/// kDataLoss where it is no number.
Result<std::uint32_t> ParseSchemaVersion(std::string_view stored);

/// One step forward, from one version to the next.
struct Migration {
  std::uint32_t from;
  std::string_view what;  ///< for the error when it fails
  /// Adds to `batch` what must change; it is written together with the new version, or not at all.
  /// A step too large for one batch writes most of it before, so that it may be done again, and
  /// leaves the last part to `batch`.
  Status (*run)(Database& db, rocksdb::WriteBatch& batch);
};

/// Brings the data to `version`, step by step; a new database is given it at once. After a crash it
/// goes on where it was. kInternal, and nothing changed, if the data are newer than `version`.
Status MigrateSchema(Database& db, std::uint32_t version, std::span<const Migration> steps);
/// To kSchemaVersion.
Status MigrateSchema(Database& db);

}  // namespace parley::storage::rocks
