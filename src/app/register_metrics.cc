#include "app/register_metrics.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace parley::app {
namespace {

using storage::cached::CacheCounts;
using storage::cached::CacheStats;

std::vector<std::pair<std::string, CacheCounts>> NamedCaches(const CacheStats& stats) {
  return {{"snapshots", stats.snapshots},
          {"memberships", stats.memberships},
          {"entries", stats.entries},
          {"users", stats.users},
          {"sessions", stats.sessions}};
}

template <class Field>
std::vector<metrics::Sample> CacheSamples(const storage::cached::CachedStore& store, Field field) {
  std::vector<metrics::Sample> samples;
  for (const auto& [name, counts] : NamedCaches(store.cache_stats())) {
    samples.push_back({{{"cache", name}}, static_cast<double>(counts.*field)});
  }
  return samples;
}

void RegisterStore(metrics::Metrics& metrics, const storage::cached::CachedStore& store) {
  metrics.AddCounter("parley_commit_syncs_total",
                     "Fsyncs of the log, each for one group of appends.",
                     [&store] { return static_cast<double>(store.commit_stats().syncs); });
  metrics.AddCounter("parley_commit_requests_total", "Appends committed.",
                     [&store] { return static_cast<double>(store.commit_stats().requests); });
  metrics.AddCounter("parley_commit_entries_total", "Log entries committed.",
                     [&store] { return static_cast<double>(store.commit_stats().entries); });
  metrics.AddCounters("parley_cache_hits_total", "Reads answered by the cache.",
                      [&store] { return CacheSamples(store, &CacheCounts::hits); });
  metrics.AddCounters("parley_cache_misses_total", "Reads passed on to the store.",
                      [&store] { return CacheSamples(store, &CacheCounts::misses); });
  metrics.AddCounters("parley_cache_joins_total", "Reads that waited for another one of the same.",
                      [&store] { return CacheSamples(store, &CacheCounts::joins); });
  metrics.AddGauges("parley_cache_bytes", "What the cache holds, about.",
                    [&store] { return CacheSamples(store, &CacheCounts::bytes); });
}

/// One sample for each slot of `counts`; `name` tells the label's value by the slot.
template <class Counts, class Name>
std::vector<metrics::Sample> SlotSamples(const Counts& counts, const char* label, Name name) {
  std::vector<metrics::Sample> samples;
  samples.reserve(std::size(counts));
  for (const auto& count : counts) {
    samples.push_back(
        {{{label, std::string(name(samples.size()))}}, static_cast<double>(count.load())});
  }
  return samples;
}

void RegisterServer(metrics::Metrics& metrics, const net::Server& server) {
  metrics.AddGauge("parley_connections", "Open connections of the public port.",
                   [&server] { return static_cast<double>(server.stats().connections.load()); });
  metrics.AddGauge("parley_websockets", "Open WebSockets.",
                   [&server] { return static_cast<double>(server.stats().websockets.load()); });
  metrics.AddCounters(
      "parley_websocket_closes_total", "WebSockets that ended, by reason.", [&server] {
        return SlotSamples(server.stats().websockets_closed, "reason", [](std::size_t slot) {
          return net::CloseReasonName(static_cast<net::CloseReason>(slot));
        });
      });
  metrics.AddCounters("parley_websocket_close_codes_total",
                      "WebSockets that ended, by the code of the server's close frame.", [&server] {
                        return SlotSamples(server.stats().close_codes, "code",
                                           net::CloseCodeSlotName);
                      });
  metrics.AddCounters("parley_connections_refused_total",
                      "Connections that were not let in, by reason.", [&server] {
                        return SlotSamples(server.stats().refused, "reason", [](std::size_t slot) {
                          return net::RefusalReasonName(static_cast<net::RefusalReason>(slot));
                        });
                      });
  metrics.AddCounters("parley_http_timeouts_total",
                      "HTTP connections that ended, by what did not come in time.", [&server] {
                        return SlotSamples(
                            server.stats().http_timeouts, "kind", [](std::size_t slot) {
                              return net::HttpTimeoutName(static_cast<net::HttpTimeout>(slot));
                            });
                      });
}

void RegisterMomentary(metrics::Metrics& metrics, const MetricSources& sources) {
  metrics.AddGauge(
      "parley_people_connected", "People with a WebSocket.",
      [presence = sources.presence] { return static_cast<double>(presence->stats().connected); });
  metrics.AddGauge(
      "parley_people_watched", "People whose presence somebody watches.",
      [presence = sources.presence] { return static_cast<double>(presence->stats().watched); });
  metrics.AddCounter("parley_momentary_dropped_total",
                     "Receipts, typing and profiles that a session had no room for.",
                     [&stats = sources.sessions->stats()] {
                       return static_cast<double>(stats.momentary_dropped.load());
                     });
}

void RegisterRates(metrics::Metrics& metrics, const limits::RateLimits& rates,
                   const auth::GuessGuard& guesses) {
  metrics.AddCounters("parley_rate_limited_total", "What was refused as too fast, by kind.",
                      [&rates] { return rates.refusals(); });
  metrics.AddGauges("parley_rate_buckets", "Whose use is remembered, by table.",
                    [&rates, &guesses] {
                      return std::vector<metrics::Sample>{
                          {{{"table", "accounts"}}, static_cast<double>(rates.account_buckets())},
                          {{{"table", "addresses"}}, static_cast<double>(rates.address_buckets())},
                          {{{"table", "passwords"}}, static_cast<double>(guesses.buckets())}};
                    });
  metrics.AddCounter("parley_rate_buckets_forgotten_total",
                     "Buckets that went for want of room before they were full again.",
                     [&rates] { return static_cast<double>(rates.forgotten()); });
  metrics.AddGauge("parley_sign_ins_delayed", "Sign-ins that are delayed now against guessing.",
                   [&guesses] { return static_cast<double>(guesses.delayed()); });
  metrics.AddGauge("parley_sign_ins_waiting",
                   "Sign-ins that wait for others from the same address.",
                   [&guesses] { return static_cast<double>(guesses.waiting()); });
}

}  // namespace

void RegisterMetrics(metrics::Metrics& metrics, const MetricSources& sources) {
  RegisterStore(metrics, *sources.store);
  RegisterServer(metrics, *sources.server);
  metrics.AddCounters("parley_errors_total", "Errors told to clients, by code.",
                      [errors = sources.errors] { return errors->Read(); });
  RegisterMomentary(metrics, sources);
  RegisterRates(metrics, *sources.rates, *sources.guesses);
  sources.api->stats().AddTo(metrics);
}

}  // namespace parley::app
