#include "storage/cached/cached_store.h"

namespace parley::storage::cached {

CacheStats CachedStore::cache_stats() const {
  CacheStats stats;
  conversations_.CountInto(stats);
  accounts_.CountInto(stats);
  return stats;
}

}  // namespace parley::storage::cached
