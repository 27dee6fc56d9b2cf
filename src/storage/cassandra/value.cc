#include "storage/cassandra/value.h"

#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

namespace parley::storage::cassandra {
namespace {

template <class Number>
void AppendNumber(std::string& out, Number number) {
  auto bits = static_cast<std::make_unsigned_t<Number>>(number);
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(bits) >> shift));
  }
}

template <class Number>
Value NumberValue(Number number) {
  std::string out;
  out.reserve(sizeof(Number));
  AppendNumber(out, number);
  return out;
}

template <class Number>
Number NumberAt(std::string_view bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    bits = bits << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return static_cast<Number>(bits);
}

Status Unreadable(std::string_view type) {
  return DataLoss("a column of the database is no " + std::string(type));
}

template <class Number>
Result<Number> ReadNumber(const Cell& cell, std::string_view type) {
  if (!cell || cell->size() != sizeof(Number)) return Unreadable(type);
  return NumberAt<Number>(*cell);
}

/// A collection: how many elements, then each with its length before it.
template <class Elements, class Append>
Value CollectionValue(const Elements& elements, std::size_t bytes, Append append) {
  std::string out;
  out.reserve(4 + elements.size() * 4 + bytes);
  AppendNumber(out, static_cast<std::int32_t>(elements.size()));
  for (const auto& element : elements) append(out, element);
  return out;
}

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendNumber(out, static_cast<std::int32_t>(bytes.size()));
  out.append(bytes);
}

/// Calls `take` with each element; false if the bytes are no collection, or `take` says so.
template <class Take>
bool ReadCollection(std::string_view bytes, Take take) {
  if (bytes.size() < 4) return false;
  const auto count = NumberAt<std::int32_t>(bytes);
  bytes.remove_prefix(4);
  // Each element has its length at least: a count beyond that is a lie, found before it costs.
  if (count < 0 || static_cast<std::size_t>(count) > bytes.size() / 4) return false;
  for (std::int32_t i = 0; i < count; ++i) {
    if (bytes.size() < 4) return false;
    const auto length = NumberAt<std::int32_t>(bytes);
    bytes.remove_prefix(4);
    if (length < 0 || static_cast<std::size_t>(length) > bytes.size()) return false;
    if (!take(bytes.substr(0, static_cast<std::size_t>(length)))) return false;
    bytes.remove_prefix(static_cast<std::size_t>(length));
  }
  return bytes.empty();
}

}  // namespace

Value BigintValue(std::int64_t number) { return NumberValue(number); }
Value IntValue(std::int32_t number) { return NumberValue(number); }
Value SmallintValue(std::int16_t number) { return NumberValue(number); }
Value TinyintValue(std::int8_t number) { return NumberValue(number); }
Value BooleanValue(bool truth) { return Value(std::in_place, 1, truth ? '\1' : '\0'); }
Value UuidValue(const Uuid& uuid) { return Value(std::in_place, uuid.view()); }
Value TimestampValue(TimePoint time) { return NumberValue(ToMillis(time)); }

Value UuidsValue(std::span<const Uuid> uuids) {
  return CollectionValue(uuids, uuids.size() * Uuid::kSize,
                         [](std::string& out, const Uuid& uuid) { AppendBytes(out, uuid.view()); });
}

Value BlobsValue(std::span<const std::string> elements) {
  std::size_t bytes = 0;
  for (const std::string& element : elements) bytes += element.size();
  return CollectionValue(elements, bytes, [](std::string& out, const std::string& element) {
    AppendBytes(out, element);
  });
}

Value BigintsValue(std::span<const std::int64_t> numbers) {
  return CollectionValue(numbers, numbers.size_bytes(), [](std::string& out, std::int64_t number) {
    AppendNumber(out, static_cast<std::int32_t>(sizeof number));
    AppendNumber(out, number);
  });
}

Result<std::int64_t> ReadBigint(Cell cell) { return ReadNumber<std::int64_t>(cell, "bigint"); }
Result<std::int32_t> ReadInt(Cell cell) { return ReadNumber<std::int32_t>(cell, "int"); }
Result<std::int16_t> ReadSmallint(Cell cell) { return ReadNumber<std::int16_t>(cell, "smallint"); }
Result<std::int8_t> ReadTinyint(Cell cell) { return ReadNumber<std::int8_t>(cell, "tinyint"); }

Result<bool> ReadBoolean(Cell cell) {
  if (!cell || cell->size() != 1) return Unreadable("boolean");
  return cell->front() != '\0';
}

Result<Uuid> ReadUuid(Cell cell) {
  if (!cell || cell->size() != Uuid::kSize) return Unreadable("uuid");
  return Uuid::FromBytes(*cell);
}

Result<std::string_view> ReadBlob(Cell cell) {
  if (!cell) return Unreadable("text or blob");
  return *cell;
}

Result<TimePoint> ReadTimestamp(Cell cell) {
  PARLEY_ASSIGN(const std::int64_t ms, ReadNumber<std::int64_t>(cell, "timestamp"));
  return FromMillis(ms);
}

Result<std::vector<Uuid>> ReadUuids(Cell cell) {
  std::vector<Uuid> uuids;
  if (!cell) return uuids;
  uuids.reserve(cell->size() / (4 + Uuid::kSize));
  const bool whole = ReadCollection(*cell, [&](std::string_view element) {
    if (element.size() != Uuid::kSize) return false;
    uuids.push_back(Uuid::FromBytes(element));
    return true;
  });
  if (!whole) return Unreadable("collection of uuids");
  return uuids;
}

Result<std::vector<std::string>> ReadBlobs(Cell cell) {
  std::vector<std::string> elements;
  if (!cell) return elements;
  const bool whole = ReadCollection(*cell, [&](std::string_view element) {
    elements.emplace_back(element);
    return true;
  });
  if (!whole) return Unreadable("collection of texts or blobs");
  return elements;
}

}  // namespace parley::storage::cassandra
