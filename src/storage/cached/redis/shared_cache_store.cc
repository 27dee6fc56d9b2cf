#include "storage/cached/redis/shared_cache_store.h"

namespace parley::storage::cached {

void SharedCacheStore::Stop() {
  inner_.Stop();
  conversations_.AwaitAppends();
}

SharedCacheStats SharedCacheStore::cache_stats() const {
  SharedCacheStats stats;
  conversations_.CountInto(stats);
  stats.users = accounts_.counts();
  stats.remote = cache_.stats();
  return stats;
}

}  // namespace parley::storage::cached
