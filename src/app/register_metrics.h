#pragma once

#include <cstddef>
#include <vector>

#include "app/bus_parts.h"
#include "app/fleet_member.h"
#include "app/log.h"
#include "app/shard_watch.h"
#include "app/store_parts.h"
#include "auth/guess_guard.h"
#include "chat/chat_service.h"
#include "gateway/arrivals.h"
#include "gateway/sessions.h"
#include "http/api_service.h"
#include "limits/rate_limits.h"
#include "metrics/counter_set.h"
#include "metrics/metrics.h"
#include "net/server.h"
#include "runtime/blocking_pool.h"
#include "runtime/shard.h"
#include "storage/cached/cache_options.h"
#include "storage/cached/cached_store.h"
#include "storage/cached/redis/shared_cache_store.h"

namespace parley::app {

/// What counts, and outlives the metrics' last scrape.
struct MetricSources {
  const storage::cached::CachedStore* store;
  const storage::cached::SharedCacheStore* shared_cache = nullptr;  ///< null: there is none
  const net::Server* server;
  const metrics::CounterSet* errors;
  const http::ApiService* api;
  const BusParts* bus;
  const StoreParts* stores;
  const FleetMember* fleet_member;  ///< null where the node is alone
  const gateway::Sessions* sessions;
  const gateway::Arrivals* arrivals;
  const limits::RateLimits* rates;
  const auth::GuessGuard* guesses;
  const chat::ChatService* chat;
  const ShardWatch* shard_watch;
  const runtime::BlockingPool* reads;
  const runtime::BlockingPool* hashes;
  const ProcessLogger* log;
  std::vector<runtime::Shard*> shards;
  storage::cached::CacheOptions cache_limits;
  std::size_t max_connections;
};

/// Adds every family that the program tells (src/metrics/README.md).
void RegisterMetrics(metrics::Metrics& metrics, const MetricSources& sources);
/// Of these, what only a node of a fleet has.
void RegisterFleetMetrics(metrics::Metrics& metrics, const MetricSources& sources);

}  // namespace parley::app
