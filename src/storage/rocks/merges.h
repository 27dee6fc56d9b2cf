#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <rocksdb/merge_operator.h>

#include "base/time.h"

namespace parley::storage::rocks {

// Rows that many threads write without reading them first: RocksDB merges what was written when it
// is read or compacted.

/// Positions (wire::PositionRecord): a later stay replaces an earlier one; within a stay each field
/// takes the higher value, and `at` is when one of them last rose.
std::shared_ptr<rocksdb::MergeOperator> MakePositionMerge();

/// Times, as EncodeTime writes them: the latest stays.
std::shared_ptr<rocksdb::MergeOperator> MakeLatestTimeMerge();

/// 8 bytes, the highest first; the epoch at the earliest.
std::string EncodeTime(TimePoint time);
/// Nothing if the bytes are no time.
std::optional<TimePoint> DecodeTime(std::string_view bytes);

}  // namespace parley::storage::rocks
