#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::storage::cached {

/// How much a CachedStore may hold, in about bytes.
struct CacheOptions {
  std::size_t snapshots_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t memberships_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t entries_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t users_bytes = std::size_t{16} * 1024 * 1024;
  std::size_t sessions_bytes = std::size_t{16} * 1024 * 1024;
};

/// What one cache has done, and what it holds.
struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  ///< read from the inner store
  std::uint64_t joins = 0;   ///< waited for somebody else's read
  std::size_t bytes = 0;
};

struct CacheStats {
  CacheCounts snapshots;
  CacheCounts memberships;
  CacheCounts entries;
  CacheCounts users;
  CacheCounts sessions;
};

}  // namespace parley::storage::cached
