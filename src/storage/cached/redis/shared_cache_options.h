#pragma once

#include <chrono>
#include <string>

#include "storage/cached/cache_options.h"
#include "storage/cached/redis/remote_cache.h"

namespace parley::storage::cached {

/// How long the shared cache keeps what. Where a change does not reach it (it was not there just
/// then), these bound for how long others may see what was before; docs/decisions/0008-caches.md
/// has the reasons.
struct SharedCacheOptions {
  std::string prefix = "parley";  ///< of all keys
  std::chrono::milliseconds head_ttl{20'000};
  std::chrono::milliseconds body_ttl{60'000};
  std::chrono::milliseconds user_ttl{60'000};
  std::chrono::milliseconds page_ttl{3'600'000};
  /// Longer than any read of the store takes: a read that began before a change must find the
  /// marker of it when it wants to fill the key.
  std::chrono::milliseconds marker_ttl{60'000};
};

/// What the shared cache has done, by what it keeps. `joins` and `bytes` stay 0.
struct SharedCacheStats {
  CacheCounts snapshots;
  CacheCounts pages;
  CacheCounts users;
  RemoteStats remote;
};

}  // namespace parley::storage::cached
