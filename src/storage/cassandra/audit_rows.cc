#include "storage/cassandra/audit_rows.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

constexpr std::chrono::milliseconds kPeriod = std::chrono::hours(24) * 30;

/// A UUIDv7 of these milliseconds whose other bits are all `fill`.
AuditId IdOf(std::uint64_t ms, std::uint8_t fill) {
  Uuid::Bytes bytes;
  bytes.fill(fill);
  for (int i = 5; i >= 0; --i, ms >>= 8) {
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return AuditId(Uuid(bytes));
}

/// Behind every id that there may be.
AuditId LastId() { return IdOf((std::uint64_t{1} << 48) - 1, 0xFF); }

}  // namespace

std::int32_t AuditPeriodOf(AuditId id) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id.uuid().bytes()[i];
  return static_cast<std::int32_t>(ms / kPeriod.count());
}

AuditId FirstAuditIdOf(TimePoint time) {
  return IdOf(static_cast<std::uint64_t>(std::max<std::int64_t>(ToMillis(time), 0)), 0);
}

runtime::Task<Status> AuditRows::Insert(std::vector<AuditEntry> entries) {
  std::vector<Bound> writes;
  writes.reserve(entries.size() * 2);
  for (const AuditEntry& entry : entries) {
    const Value period = IntValue(AuditPeriodOf(entry.id));
    std::string record;
    wire::AppendRecord(record, entry);
    writes.push_back(Bind(*cql_.audit_period_insert, period));
    writes.push_back(
        Bind(*cql_.audit_insert, period, UuidValue(entry.id), BlobValue(std::move(record))));
  }
  co_return (co_await cql_.session->ExecuteAll(std::move(writes))).status();
}

runtime::Task<Result<std::vector<std::int32_t>>> AuditRows::Periods() {
  PARLEY_CO_ASSIGN(const Rows rows, co_await cql_.session->Execute(Bind(*cql_.audit_periods_read)));
  std::vector<std::int32_t> periods;
  periods.reserve(rows.size());
  for (const Row row : rows) {
    PARLEY_CO_ASSIGN(const std::int32_t period, ReadInt(row[0]));
    periods.push_back(period);
  }
  co_return std::move(periods);
}

runtime::Task<Result<std::vector<AuditEntry>>> AuditRows::List(std::optional<AuditId> before,
                                                               std::size_t limit) {
  const AuditId end = before.value_or(LastId());
  PARLEY_CO_ASSIGN(const std::vector<std::int32_t> periods, co_await Periods());
  std::vector<AuditEntry> entries;
  for (const std::int32_t period : periods) {
    if (entries.size() >= limit) break;
    if (period > AuditPeriodOf(end)) continue;
    const auto missing =
        static_cast<std::int32_t>(std::min<std::size_t>(limit - entries.size(), 10'000));
    PARLEY_CO_ASSIGN(const Rows rows,
                     co_await cql_.session->Execute(Bind(*cql_.audit_read, IntValue(period),
                                                         UuidValue(end), IntValue(missing))));
    entries.reserve(entries.size() + rows.size());
    for (const Row row : rows) {
      PARLEY_CO_ASSIGN(const AuditId id, ReadId<AuditId>(row[0]));
      PARLEY_CO_ASSIGN(const std::string_view record, ReadBlob(row[1]));
      PARLEY_CO_ASSIGN(AuditEntry entry, wire::ReadAuditRecord(record, id));
      entries.push_back(std::move(entry));
    }
  }
  co_return std::move(entries);
}

runtime::Task<Status> AuditRows::Drop(TimePoint before) {
  const AuditId end = FirstAuditIdOf(before);
  PARLEY_CO_ASSIGN(const std::vector<std::int32_t> periods, co_await Periods());
  for (const std::int32_t period : periods) {
    if (period > AuditPeriodOf(end)) continue;
    if (period == AuditPeriodOf(end)) {
      PARLEY_CO_ASSIGN(const Rows old,
                       co_await cql_.session->Execute(
                           Bind(*cql_.audit_read, IntValue(period), UuidValue(end), IntValue(1))));
      if (old.empty()) continue;  // a deletion of nothing would be stored too
      PARLEY_CO_TRY((co_await cql_.session->Execute(
                         Bind(*cql_.audit_delete_before, IntValue(period), UuidValue(end))))
                        .status());
      continue;
    }
    // The rows first: a period that is not listed is not found any more.
    PARLEY_CO_TRY(
        (co_await cql_.session->Execute(Bind(*cql_.audit_delete, IntValue(period)))).status());
    PARLEY_CO_TRY(
        (co_await cql_.session->Execute(Bind(*cql_.audit_period_delete, IntValue(period))))
            .status());
  }
  co_return Status::Ok();
}

}  // namespace parley::storage::cassandra
