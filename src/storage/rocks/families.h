#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include "base/clock.h"

namespace parley::storage::rocks {

/// The column families: one per kind of row. docs/storage.md has keys and values.
enum class Family : std::size_t {
  kDefault,  ///< RocksDB insists on it; empty
  kMeta,
  kUsers,
  kUsernames,
  kPasswords,
  kSessions,
  kUserSessions,
  kSessionUses,
  kUserSearch,
  kAdminClaims,
  kConversations,
  kHeads,
  kLog,
  kCurrent,
  kMembers,
  kMemberships,
  kPositions,
  kSent,
  kMentions,
  kInvitations,
  kPasswordResets,
  kAudit,
  kCount,
};
inline constexpr std::size_t kFamilyCount = static_cast<std::size_t>(Family::kCount);

/// Stored; never changes.
std::string_view FamilyName(Family family);
/// Nothing if there is no family of that name.
std::optional<Family> FamilyOfName(std::string_view name);

/// What families share.
struct FamilyResources {
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::size_t write_buffer_bytes;  ///< of all families together
  Clock& clock;                    ///< outlives the database
};

/// How rows of that family are laid out, filtered, merged and dropped.
rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const FamilyResources& resources);

}  // namespace parley::storage::rocks
