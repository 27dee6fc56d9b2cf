#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "storage/cached/cache_news.h"

namespace parley::storage::cached {

/// How much a CachedStore may hold, in about bytes.
struct CacheOptions {
  std::size_t snapshots_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t memberships_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t entries_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t users_bytes = std::size_t{16} * 1024 * 1024;
  std::size_t sessions_bytes = std::size_t{16} * 1024 * 1024;
};

/// For how long something is believed without asking the store, by a clock that never steps back
/// and goes on while the process does not.
struct AgeLimit {
  std::chrono::milliseconds max_age{5'000};
  /// Any thread; replaced in tests.
  std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
};

/// Where other nodes write to the same store: how a CachedStore lives with that.
struct SharedStore {
  /// Of sessions and people.
  AgeLimit ages;
  /// Called with what was written here, when it is done and before it is acknowledged: for the
  /// other nodes, who give it to CachedStore::Hear. On any thread; must only hand over. May be
  /// lost: the ages bound what that costs. May be null.
  std::function<void(const CacheNews&)> tell;
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
