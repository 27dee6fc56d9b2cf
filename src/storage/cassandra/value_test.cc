#include "storage/cassandra/value.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/ids.h"

namespace parley::storage::cassandra {
namespace {

using std::string_literals::operator""s;

Uuid UuidOf(std::uint8_t last) {
  Uuid::Bytes bytes{};
  bytes.back() = last;
  return Uuid(bytes);
}

TEST(ValueTest, Numbers_AreBigEndian) {
  EXPECT_EQ(BigintValue(0x0102030405060708), "\x01\x02\x03\x04\x05\x06\x07\x08"s);
  EXPECT_EQ(BigintValue(-2), "\xff\xff\xff\xff\xff\xff\xff\xfe"s);
  EXPECT_EQ(IntValue(258), "\0\0\x01\x02"s);
  EXPECT_EQ(SmallintValue(-1), "\xff\xff"s);
  EXPECT_EQ(TinyintValue(7), "\x07"s);
  EXPECT_EQ(BooleanValue(true), "\x01"s);
  EXPECT_EQ(BooleanValue(false), "\0"s);
  EXPECT_EQ(TimestampValue(FromMillis(1)), "\0\0\0\0\0\0\0\x01"s);
}

template <class Number>
void ExpectRoundTrip(Value (*make)(Number), Result<Number> (*read)(Cell)) {
  using Limits = std::numeric_limits<Number>;
  for (const Number number : {Limits::min(), Number{-1}, Number{0}, Number{1}, Limits::max()}) {
    const Value value = make(number);
    const Result<Number> got = read(Cell(*value));
    ASSERT_TRUE(got.ok()) << got.status().ToString();
    EXPECT_EQ(*got, number);
  }
}

TEST(ValueTest, Numbers_ComeBack) {
  ExpectRoundTrip<std::int64_t>(BigintValue, ReadBigint);
  ExpectRoundTrip<std::int32_t>(IntValue, ReadInt);
  ExpectRoundTrip<std::int16_t>(SmallintValue, ReadSmallint);
  ExpectRoundTrip<std::int8_t>(TinyintValue, ReadTinyint);
}

TEST(ValueTest, OtherLengths_AreDataLoss) {
  for (const Cell cell : {Cell(), Cell(""), Cell("1234567"), Cell("123456789")}) {
    EXPECT_EQ(ReadBigint(cell).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(ReadTimestamp(cell).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(ReadInt(cell).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(ReadSmallint(cell).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(ReadTinyint(cell).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(ReadBoolean(cell).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(ReadUuid(cell).status().code(), StatusCode::kDataLoss);
  }
  EXPECT_EQ(ReadBlob(Cell()).status().code(), StatusCode::kDataLoss);
}

TEST(ValueTest, Ids_AreTheirBytes) {
  const UserId user(UuidOf(5));
  const Value value = UuidValue(user);
  EXPECT_EQ(value, std::string(15, '\0') + '\x05');
  const Result<UserId> read = ReadId<UserId>(Cell(*value));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, user);
}

TEST(ValueTest, Blobs_MayBeEmptyAndHoldAnything) {
  for (const std::string& bytes : {""s, "\0\xff"s, "text"s}) {
    const Value value = BlobValue(bytes);
    EXPECT_EQ(ReadBlob(Cell(*value)).value(), bytes);
  }
}

TEST(ValueTest, Collections_ComeBack) {
  const std::vector<Uuid> uuids{UuidOf(1), UuidOf(2)};
  const Value value = UuidsValue(uuids);
  EXPECT_EQ(value->substr(0, 8), "\0\0\0\x02\0\0\0\x10"s);
  EXPECT_EQ(ReadUuids(Cell(*value)).value(), uuids);

  const std::vector<std::string> texts{"", "two", std::string(300, 'x')};
  EXPECT_EQ(ReadBlobs(Cell(*BlobsValue(texts))).value(), texts);

  const std::vector<std::int64_t> numbers{3};
  EXPECT_EQ(BigintsValue(numbers), "\0\0\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x03"s);
}

TEST(ValueTest, NullCollection_IsEmpty) {
  EXPECT_TRUE(ReadUuids(Cell()).value().empty());
  EXPECT_TRUE(ReadBlobs(Cell()).value().empty());
}

TEST(ValueTest, BrokenCollections_AreDataLoss) {
  const std::string whole = *BlobsValue(std::vector<std::string>{"ab", "c"});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(ReadBlobs(Cell(std::string_view(whole).substr(0, length))).status().code(),
              StatusCode::kDataLoss)
        << length;
  }
  for (const std::string& bytes :
       {whole + "x", "\x7f\xff\xff\xff"s, "\xff\xff\xff\xff"s, "\0\0\0\x01\xff\xff\xff\xff"s}) {
    EXPECT_EQ(ReadBlobs(Cell(bytes)).status().code(), StatusCode::kDataLoss);
  }
  // A collection of something else than uuids.
  EXPECT_EQ(ReadUuids(Cell(whole)).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace parley::storage::cassandra
