#include "storage/rocks/families.h"

#include <algorithm>

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include "base/uuid.h"
#include "storage/rocks/expiry.h"
#include "storage/rocks/merges.h"

namespace parley::storage::rocks {
namespace {

constexpr std::array<std::string_view, kFamilyCount> kNames = {
    "default",       "meta",         "users",           "usernames",    "passwords",     "sessions",
    "user_sessions", "session_uses", "user_search",     "admin_claims", "conversations", "heads",
    "log",           "current",      "members",         "memberships",  "positions",     "sent",
    "mentions",      "invitations",  "password_resets", "audit",
};

/// 1 % of false positives; it decides how often a look-up for nothing reads the disk.
constexpr double kFilterBitsPerKey = 10;
/// Log and sends grow with every message: larger blocks compress better (a page of history is a few
/// of them).
constexpr std::size_t kLogBlockBytes = std::size_t{16} * 1024;
/// Rows that are asked for one by one.
constexpr std::size_t kRowBlockBytes = std::size_t{4} * 1024;
/// What has expired is gone from the disk so long after at the latest.
constexpr std::uint64_t kExpirySeconds = std::uint64_t{7} * 24 * 3600;
/// A table on the last level is rewritten by itself, to be a little smaller, no sooner than so long
/// after it was made: mostly it has gone into another one by then. Else RocksDB begins with that
/// for every table right after a start, when all people come back.
constexpr std::uint32_t kRewriteAloneSeconds = 24 * 3600;
/// Of ZSTD: with 3, which is its own choice, merging tables takes half as much CPU again.
constexpr int kZstdLevel = 1;
/// Merged in memory, so that a row that is merged every second stays cheap to read.
constexpr std::size_t kMergesPerRow = 16;

/// Rows of the family are walked by what their keys begin with; so long is it. 0: they are not.
std::size_t PrefixBytes(Family family) {
  switch (family) {
    case Family::kUserSessions:
    case Family::kMembers:
    case Family::kMemberships:
    case Family::kPositions:
      return Uuid::kSize;
    case Family::kLog:
      return Uuid::kSize + 1;
    case Family::kMentions:
      return 2 * Uuid::kSize;
    default:
      return 0;
  }
}

/// Rows that begin alike are written one after the other, next to each other in memory: RocksDB
/// remembers where the last one went, instead of looking for the place.
std::size_t HintBytes(Family family) {
  switch (family) {
    case Family::kLog:
      return PrefixBytes(family);
    case Family::kHeads:
      return Uuid::kSize;
    case Family::kSent:
    case Family::kPositions:
      return 2 * Uuid::kSize;
    default:
      return 0;
  }
}

bool GrowsWithMessages(Family family) { return family == Family::kLog || family == Family::kSent; }

/// The share of the write buffers after which the family's own is written out.
std::size_t BufferShare(Family family) {
  switch (family) {
    case Family::kLog:
      return 2;
    case Family::kSent:
    case Family::kHeads:
      return 4;
    default:
      return 8;
  }
}

rocksdb::BlockBasedTableOptions TableOptions(Family family, const FamilyResources& resources) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = resources.block_cache;
  table.block_size = GrowsWithMessages(family) ? kLogBlockBytes : kRowBlockBytes;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  // Log and mentions are only looked up by what their keys begin with.
  table.whole_key_filtering = family != Family::kLog && family != Family::kMentions;
  // Filters and indexes count in the cache but are never thrown out: "never sent" is answered
  // without the disk.
  table.cache_index_and_filter_blocks = true;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.metadata_cache_options.partition_pinning = rocksdb::PinningTier::kAll;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  return table;
}

}  // namespace

std::string_view FamilyName(Family family) { return kNames.at(static_cast<std::size_t>(family)); }

std::optional<Family> FamilyOfName(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Family>(found - kNames.begin());
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const FamilyResources& resources) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(family, resources)));
  if (const std::size_t bytes = PrefixBytes(family); bytes > 0) {
    options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(bytes));
  }
  if (const std::size_t bytes = HintBytes(family); bytes > 0) {
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewFixedPrefixTransform(bytes));
  }
  options.write_buffer_size = resources.write_buffer_bytes / BufferShare(family);
  options.level_compaction_dynamic_level_bytes = true;
  options.bottommost_file_compaction_delay = kRewriteAloneSeconds;
  // LZ4 while rows still move; most of them lie on the last level, where ZSTD halves random text,
  // too.
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.level = kZstdLevel;

  switch (family) {
    case Family::kSent:
      options.compaction_filter_factory = MakeExpiry(Expiring::kSends, resources.clock);
      options.periodic_compaction_seconds = kExpirySeconds;
      // Nearly every look-up is for a send that never was.
      options.memtable_whole_key_filtering = true;
      options.memtable_prefix_bloom_size_ratio = 0.1;
      break;
    case Family::kMembers:
    case Family::kMemberships:
      options.compaction_filter_factory = MakeExpiry(Expiring::kLeftMembers, resources.clock);
      options.periodic_compaction_seconds = kExpirySeconds;
      break;
    case Family::kSessionUses:
      options.compaction_filter_factory = MakeExpiry(Expiring::kSessionUses, resources.clock);
      options.periodic_compaction_seconds = kExpirySeconds;
      options.merge_operator = MakeLatestTimeMerge();
      options.max_successive_merges = kMergesPerRow;
      break;
    case Family::kPositions:
      options.merge_operator = MakePositionMerge();
      options.max_successive_merges = kMergesPerRow;
      break;
    case Family::kMeta:
      options.merge_operator = MakeLatestTimeMerge();
      options.max_successive_merges = kMergesPerRow;
      break;
    default:
      break;
  }
  return options;
}

}  // namespace parley::storage::rocks
