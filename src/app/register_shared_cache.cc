#include "app/register_shared_cache.h"

#include <cstdint>
#include <vector>

namespace parley::app {
namespace {

using storage::cached::CacheCounts;
using storage::cached::RemoteStats;
using storage::cached::SharedCacheStats;
using storage::cached::SharedCacheStore;

SharedCacheStats Read(const SharedCacheStore* store) {
  if (store != nullptr) return store->cache_stats();
  SharedCacheStats none;
  none.remote.seconds.counts.resize(1);
  return none;
}

std::vector<metrics::Sample> Samples(const SharedCacheStore* store,
                                     std::uint64_t CacheCounts::* field) {
  const SharedCacheStats stats = Read(store);
  const auto sample = [field](const char* name, const CacheCounts& counts) {
    return metrics::Sample{{{"cache", name}}, static_cast<double>(counts.*field)};
  };
  return {sample("snapshots", stats.snapshots), sample("pages", stats.pages),
          sample("users", stats.users)};
}

}  // namespace

void RegisterSharedCache(metrics::Metrics& metrics, const SharedCacheStore* store) {
  metrics.AddCounters("parley_shared_cache_hits_total",
                      "Reads answered by the cache that nodes share (Redis).",
                      [store] { return Samples(store, &CacheCounts::hits); });
  metrics.AddCounters("parley_shared_cache_misses_total", "Reads passed on by it to the store.",
                      [store] { return Samples(store, &CacheCounts::misses); });
  const auto add_counter = [&](const char* name, const char* help,
                               std::uint64_t RemoteStats::* field) {
    metrics.AddCounter(name, help,
                       [store, field] { return static_cast<double>(Read(store).remote.*field); });
  };
  add_counter("parley_shared_cache_calls_total", "Calls sent to the shared cache.",
              &RemoteStats::calls);
  add_counter("parley_shared_cache_errors_total",
              "Calls of the shared cache that failed or were too late.", &RemoteStats::errors);
  add_counter("parley_shared_cache_skipped_total",
              "Calls that were not sent: no connection, or the queue was full.",
              &RemoteStats::skipped);
  metrics.AddGauge("parley_shared_cache_servers", "Servers of the shared cache that answer.",
                   [store] { return static_cast<double>(Read(store).remote.connected); });
  metrics.AddGauge("parley_shared_cache_queued_bytes",
                   "Calls of the shared cache that wait or are under way.",
                   [store] { return static_cast<double>(Read(store).remote.queued_bytes); });
  metrics.AddHistogram("parley_shared_cache_seconds",
                       "Time from handing a call to the shared cache over to its answer.",
                       [store] { return Read(store).remote.seconds; });
}

}  // namespace parley::app
