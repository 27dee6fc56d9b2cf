#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "model/ids.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {

/// So many entries of a log are in one partition. Stored; never changes.
inline constexpr std::uint64_t kBucketSize = 1'000;

/// The highest seq that a bigint holds: no log comes so far, but callers may ask.
inline constexpr Seq kMaxSeq{std::numeric_limits<std::int64_t>::max()};

/// The two slices of a bucket. Stored: append only.
enum class LogClass : std::int8_t { kMessage = 0, kOther = 1 };

/// The partition of an entry; entries are counted from 1. That of seq 0 is the first one too.
constexpr std::int64_t BucketOf(Seq seq) {
  return static_cast<std::int64_t>(seq.Previous().value() / kBucketSize);
}
constexpr Seq LastOfBucket(std::int64_t bucket) {
  return Seq((static_cast<std::uint64_t>(bucket) + 1) * kBucketSize);
}
constexpr bool EndsBucket(Seq seq) { return seq != Seq() && seq.value() % kBucketSize == 0; }

inline std::int64_t SeqNumber(Seq seq) {
  return static_cast<std::int64_t>(std::min(seq, kMaxSeq).value());
}
inline Value SeqValue(Seq seq) { return BigintValue(SeqNumber(seq)); }

/// kDataLoss where it is none.
inline Result<Seq> ReadSeq(Cell cell) {
  PARLEY_ASSIGN(const std::int64_t number, ReadBigint(cell));
  if (number < 0) return DataLoss("a seq below zero");
  return Seq(static_cast<std::uint64_t>(number));
}

}  // namespace parley::storage::cassandra
