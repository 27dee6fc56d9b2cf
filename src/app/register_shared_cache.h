#pragma once

#include "metrics/metrics.h"
#include "storage/cached/redis/shared_cache_store.h"

namespace parley::app {

/// Adds the families of the cache that nodes share. `store`, which must outlive the last scrape,
/// may be null: there is none, and all of them stay at zero.
void RegisterSharedCache(metrics::Metrics& metrics, const storage::cached::SharedCacheStore* store);

}  // namespace parley::app
