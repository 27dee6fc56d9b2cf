#pragma once

#include "auth/guess_guard.h"
#include "bus/local/local_presence.h"
#include "gateway/sessions.h"
#include "http/api_service.h"
#include "limits/rate_limits.h"
#include "metrics/counter_set.h"
#include "metrics/metrics.h"
#include "net/server.h"
#include "storage/cached/cached_store.h"

namespace parley::app {

/// What counts, and outlives the metrics' last scrape.
struct MetricSources {
  const storage::cached::CachedStore* store;
  const net::Server* server;
  const metrics::CounterSet* errors;
  const http::ApiService* api;
  const bus::LocalPresence* presence;
  const gateway::Sessions* sessions;
  const limits::RateLimits* rates;
  const auth::GuessGuard* guesses;
};

/// Adds every family that the program tells (src/metrics/README.md).
void RegisterMetrics(metrics::Metrics& metrics, const MetricSources& sources);

}  // namespace parley::app
