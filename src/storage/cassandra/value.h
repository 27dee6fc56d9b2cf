#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "storage/cassandra/session.h"

/// CQL values as bytes on the wire: big-endian, as section 3 and 6 of the native protocol say
/// (Cassandra's native_protocol_v4.spec). Pure.
namespace parley::storage::cassandra {

// -- Made -----------------------------------------------------------------------------------------

Value BigintValue(std::int64_t number);
Value IntValue(std::int32_t number);
Value SmallintValue(std::int16_t number);
Value TinyintValue(std::int8_t number);
Value BooleanValue(bool truth);
Value UuidValue(const Uuid& uuid);
template <class Tag>
Value UuidValue(const Id<Tag>& id) {
  return UuidValue(id.uuid());
}
/// text (UTF-8) and blob have the same bytes: their own.
inline Value TextValue(std::string text) { return Value(std::move(text)); }
inline Value BlobValue(std::string bytes) { return Value(std::move(bytes)); }
inline Value BlobValue(std::span<const std::uint8_t> bytes) {
  return Value(std::in_place, bytes.begin(), bytes.end());
}
/// timestamp: milliseconds since the epoch.
Value TimestampValue(TimePoint time);
/// set<uuid> and list<uuid>, set<text> and list<text>, set<blob>…: the same bytes. A collection
/// that is a value of a "?" after IN is one too. Elements of a set may come in any order, each
/// once.
Value UuidsValue(std::span<const Uuid> uuids);
Value BlobsValue(std::span<const std::string> elements);
Value BigintsValue(std::span<const std::int64_t> numbers);
inline Value NullValue() { return std::nullopt; }

// -- Read -----------------------------------------------------------------------------------------
//
// A cell of another length than its type has, or null: kDataLoss. Who expects null looks at the
// cell first.

using Cell = std::optional<std::string_view>;

Result<std::int64_t> ReadBigint(Cell cell);
Result<std::int32_t> ReadInt(Cell cell);
Result<std::int16_t> ReadSmallint(Cell cell);
Result<std::int8_t> ReadTinyint(Cell cell);
Result<bool> ReadBoolean(Cell cell);
Result<Uuid> ReadUuid(Cell cell);
/// `ReadId<UserId>(row[0])`
template <class IdType>
Result<IdType> ReadId(Cell cell) {
  Result<Uuid> uuid = ReadUuid(cell);
  if (!uuid.ok()) return uuid.status();
  return IdType(*uuid);
}
/// Points into the Rows.
Result<std::string_view> ReadBlob(Cell cell);
inline Result<std::string_view> ReadText(Cell cell) { return ReadBlob(cell); }
Result<TimePoint> ReadTimestamp(Cell cell);
/// An empty collection is null in Cassandra: null is read as empty.
Result<std::vector<Uuid>> ReadUuids(Cell cell);
Result<std::vector<std::string>> ReadBlobs(Cell cell);

}  // namespace parley::storage::cassandra
