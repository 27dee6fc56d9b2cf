#include "storage/rocks/schema.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace parley::storage::rocks {
namespace {

/// New families are made at the opening, and records grow by themselves: nothing is left to do but
/// to keep older programs away, which would let disabled people in.
Status NoChange(Database& /*db*/, rocksdb::WriteBatch& /*batch*/) { return Status::Ok(); }

constexpr Migration kMigrations[] = {
    {1, "disabled accounts, invitations, password resets, audit log", NoChange},
};

/// Nothing in a new database.
Result<std::optional<std::uint32_t>> ReadVersion(const Database& db) {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db.Get(Family::kMeta, kSchemaVersionKey, value));
  if (!found) return std::optional<std::uint32_t>();
  PARLEY_ASSIGN(const std::uint32_t version, ParseSchemaVersion(value.ToStringView()));
  return std::optional(version);
}

/// `batch` and the version that holds with it, at once.
Status WriteVersion(Database& db, rocksdb::WriteBatch& batch, std::uint32_t version) {
  const rocksdb::Status put =
      batch.Put(db.family(Family::kMeta), kSchemaVersionKey, std::to_string(version));
  if (!put.ok()) return Internal(put.ToString());
  return ToStatus(db.Write(batch, Durability::kSynced));
}

Status RunStep(Database& db, const Migration& step) {
  rocksdb::WriteBatch batch;
  Status done = step.run(db, batch);
  if (done.ok()) done = WriteVersion(db, batch, step.from + 1);
  if (done.ok()) return done;
  return Status(done.code(), fmt::format("migrating the data from version {} ({}): {}", step.from,
                                         step.what, done.message()));
}

}  // namespace

Result<std::uint32_t> ParseSchemaVersion(std::string_view stored) {
  std::uint32_t version = 0;
  const char* const end = stored.data() + stored.size();
  const auto [stop, error] = std::from_chars(stored.data(), end, version);
  if (error != std::errc() || stop != end) return DataLoss("the schema version cannot be read");
  return version;
}

Status MigrateSchema(Database& db, std::uint32_t version, std::span<const Migration> steps) {
  PARLEY_ASSIGN(const std::optional<std::uint32_t> stored, ReadVersion(db));
  if (!stored) {
    rocksdb::WriteBatch batch;
    return WriteVersion(db, batch, version);
  }
  if (*stored > version) {
    return Internal(
        fmt::format("the data were written by a newer version of Parley (they have layout {}, this "
                    "program knows {}): start "
                    "that version, or restore a backup",
                    *stored, version));
  }
  for (std::uint32_t from = *stored; from < version; ++from) {
    const auto step = std::ranges::find(steps, from, &Migration::from);
    if (step == steps.end()) {
      return Internal(
          fmt::format("the data have layout {}, which this program cannot bring forward", from));
    }
    PARLEY_TRY(RunStep(db, *step));
  }
  return Status::Ok();
}

Status MigrateSchema(Database& db) { return MigrateSchema(db, kSchemaVersion, kMigrations); }

}  // namespace parley::storage::rocks
