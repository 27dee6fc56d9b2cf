#include "app/register_metrics.h"

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/process_stats.h"
#include "app/register_shared_cache.h"
#include "storage/rocks/soft_writer.h"

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

void RegisterCommits(metrics::Metrics& metrics, const storage::Store& store) {
  const auto add_counter = [&](const char* name, const char* help, auto field) {
    metrics.AddCounter(
        name, help, [&store, field] { return static_cast<double>(store.commit_stats().*field); });
  };
  using storage::CommitStats;
  add_counter("parley_commit_syncs_total", "Fsyncs of the log, each for one group of appends.",
              &CommitStats::syncs);
  add_counter("parley_commit_requests_total", "Appends committed.", &CommitStats::requests);
  add_counter("parley_commit_entries_total", "Log entries committed.", &CommitStats::entries);
  metrics.AddHistogram("parley_commit_group_entries", "Log entries that shared one fsync.",
                       [&store] { return store.commit_stats().group_entries; });
  metrics.AddHistogram("parley_commit_seconds",
                       "Time from handing an append over to its being durable.",
                       [&store] { return store.commit_stats().append_seconds; });
  metrics.AddHistogram("parley_commit_write_seconds",
                       "Time to write one group and sync it (the fsync, mostly).",
                       [&store] { return store.commit_stats().write_seconds; });
  metrics.AddGauge("parley_store_writable", "1 while the store takes writes.",
                   [&store] { return store.health().ok() ? 1.0 : 0.0; });
}

void RegisterCaches(metrics::Metrics& metrics, const storage::cached::CachedStore& store,
                    const storage::cached::CacheOptions& limits) {
  metrics.AddCounters("parley_cache_hits_total", "Reads answered by the cache.",
                      [&store] { return CacheSamples(store, &CacheCounts::hits); });
  metrics.AddCounters("parley_cache_misses_total", "Reads passed on to the store.",
                      [&store] { return CacheSamples(store, &CacheCounts::misses); });
  metrics.AddCounters("parley_cache_joins_total", "Reads that waited for another one of the same.",
                      [&store] { return CacheSamples(store, &CacheCounts::joins); });
  metrics.AddGauges("parley_cache_bytes", "What the cache holds, about.",
                    [&store] { return CacheSamples(store, &CacheCounts::bytes); });
  metrics.AddGauges("parley_cache_limit_bytes", "What the cache may hold.", [limits] {
    const auto sample = [](const char* name, std::size_t bytes) {
      return metrics::Sample{{{"cache", name}}, static_cast<double>(bytes)};
    };
    return std::vector<metrics::Sample>{
        sample("snapshots", limits.snapshots_bytes),
        sample("memberships", limits.memberships_bytes), sample("entries", limits.entries_bytes),
        sample("users", limits.users_bytes), sample("sessions", limits.sessions_bytes)};
  });
}

/// One queue: what waits in it, and how much may; no limit of its own where that is 0.
struct Queue {
  const char* name;
  double waiting;
  double limit;
};

std::vector<Queue> ReadQueues(const MetricSources& from) {
  const storage::CommitStats commits = from.store->commit_stats();
  const chat::CommandLoad& load = from.chat->load();
  double inboxes = 0;
  for (const runtime::Shard* shard : from.shards) {
    inboxes += static_cast<double>(shard->inbox_size());
  }
  const auto pool = [](const char* name, const runtime::BlockingPool& of) {
    return Queue{name, static_cast<double>(of.queued()), static_cast<double>(of.queue_limit())};
  };
  return {
      {"commands", static_cast<double>(load.commands()), 0},
      {"commands_bytes", static_cast<double>(load.bytes()), static_cast<double>(load.max_bytes())},
      {"commits", static_cast<double>(commits.waiting), 0},
      {"soft_rows", static_cast<double>(commits.soft_rows),
       static_cast<double>(storage::rocks::SoftWriter::kMaxWaitingRows)},
      pool("reads", *from.reads),
      pool("hashes", *from.hashes),
      {"shard_inboxes", inboxes, 0},
      {"log_lines", static_cast<double>(from.log->queued()),
       static_cast<double>(ProcessLogger::kMaxQueued)},
  };
}

void RegisterQueues(metrics::Metrics& metrics, const MetricSources& from) {
  const auto add = [&](const char* name, const char* help, auto pick) {
    metrics.AddGauges(name, help, [from, pick] {
      std::vector<metrics::Sample> samples;
      for (const Queue& queue : ReadQueues(from)) {
        if (const std::optional<double> value = pick(queue)) {
          samples.push_back({{{"queue", queue.name}}, *value});
        }
      }
      return samples;
    });
  };
  add("parley_queue_length", "What waits in each queue.",
      [](const Queue& queue) { return std::optional(queue.waiting); });
  add("parley_queue_limit", "How much may wait in each queue that has a limit of its own.",
      [](const Queue& queue) {
        return queue.limit > 0 ? std::optional(queue.limit) : std::nullopt;
      });
  metrics.AddHistogram("parley_shard_latency_seconds",
                       "How long work waits for its shard, sampled once a second on each.",
                       [watch = from.shard_watch] { return watch->latency(); });
  metrics.AddGauge("parley_shards", "Shards: threads that serve.",
                   [count = from.shards.size()] { return static_cast<double>(count); });
  metrics.AddCounter("parley_log_lines_dropped_total",
                     "Log lines lost because standard error was not read fast enough.",
                     [log = from.log] { return static_cast<double>(log->dropped()); });
}

void RegisterChat(metrics::Metrics& metrics, const chat::ChatService& chat) {
  const chat::ChatStats& stats = chat.stats();
  const auto add = [&](const char* name, const char* help, const metrics::HotCounter& counter) {
    metrics.AddCounter(name, help, [&counter] { return static_cast<double>(counter.Get()); });
  };
  add("parley_messages_sent_total", "Messages committed and acknowledged.", stats.messages);
  add("parley_messages_duplicate_total", "Sends that had been committed before.", stats.duplicates);
  add("parley_sends_refused_total", "Sends answered with an error.", stats.sends_refused);
  metrics.AddCounters(
      "parley_commands_refused_total", "Commands refused since too many waited, by where.",
      [&stats] {
        return std::vector<metrics::Sample>{
            {{{"where", "conversation"}},
             static_cast<double>(stats.refused_by_conversation.load())},
            {{{"where", "node"}}, static_cast<double>(stats.refused_by_node.load())}};
      });
  metrics.AddCounter("parley_profiles_untold_total",
                     "Changed profiles not told live since too many were being told.",
                     [&stats] { return static_cast<double>(stats.profiles_untold.load()); });
  metrics.AddGauge("parley_actors", "Conversations that are live in memory.",
                   [&stats] { return static_cast<double>(stats.actors.load()); });
}

void RegisterGateway(metrics::Metrics& metrics, const gateway::GatewayStats& stats,
                     const gateway::Arrivals& arrivals) {
  metrics.AddGauge("parley_sessions", "WebSockets that are authenticated.",
                   [&stats] { return static_cast<double>(stats.sessions.load()); });
  metrics.AddCounter("parley_deliveries_total", "Changes handed to sessions, live.",
                     [&stats] { return static_cast<double>(stats.deliveries.Get()); });
  metrics.AddCounter("parley_session_frames_total", "Frames that sessions received.",
                     [&stats] { return static_cast<double>(stats.commands.Get()); });
  metrics.AddCounter("parley_resumes_total", "Resumes answered to the end.",
                     [&stats] { return static_cast<double>(stats.resumes.load()); });
  metrics.AddGauge("parley_arrivals_waiting",
                   "WebSockets that wait for others to be looked up (`server.max_arrivals`).",
                   [&arrivals] { return static_cast<double>(arrivals.waiting()); });
  metrics.AddCounter("parley_sync_frames_total", "Frames of answers to resumes.",
                     [&stats] { return static_cast<double>(stats.sync_frames.load()); });
  metrics.AddCounter("parley_catch_ups_total",
                     "Times that a session compared its heads, where events may be lost.",
                     [&stats] { return static_cast<double>(stats.catch_ups.load()); });
  metrics.AddCounter("parley_catch_up_finds_total",
                     "Conversations of which a session then had less than there is.",
                     [&stats] { return static_cast<double>(stats.found_missing.load()); });
  metrics.AddCounter("parley_session_pauses_total",
                     "Times that a session was not read from: too many commands unanswered.",
                     [&stats] { return static_cast<double>(stats.paused.load()); });
}

void RegisterProcess(metrics::Metrics& metrics) {
  const auto stats = std::make_shared<ProcessStats>();
  metrics.BeforeEach([stats] { *stats = ReadProcessStats(); });
  const auto add = [&](const char* name, const char* help, auto field) {
    metrics.AddGauge(name, help, [stats, field] { return static_cast<double>((*stats).*field); });
  };
  metrics.AddCounter("process_cpu_seconds_total", "User and system CPU time spent.",
                     [stats] { return stats->cpu_seconds; });
  add("process_resident_memory_bytes", "Resident memory.", &ProcessStats::resident_bytes);
  add("process_virtual_memory_bytes", "Virtual memory.", &ProcessStats::virtual_bytes);
  add("process_open_fds", "Open files and sockets.", &ProcessStats::open_files);
  add("process_max_fds", "How many may be open.", &ProcessStats::max_files);
  add("process_threads", "Threads.", &ProcessStats::threads);
  add("process_start_time_seconds", "When it started, since the epoch.",
      &ProcessStats::start_time_seconds);
  metrics.AddGauges("parley_build_info", "1, with the version.", [] {
    return std::vector<metrics::Sample>{{{{"version", PARLEY_VERSION}}, 1}};
  });
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

template <class Value>
std::vector<metrics::Sample> ReadingSamples(const net::Server& server, Value value) {
  const net::ReadBudgets& reading = server.reading();
  return {{{{"what", "strangers"}}, static_cast<double>(value(reading.strangers))},
          {{{"what", "requests"}}, static_cast<double>(value(reading.requests))},
          {{{"what", "messages"}}, static_cast<double>(value(reading.messages))}};
}

void RegisterServer(metrics::Metrics& metrics, const net::Server& server) {
  metrics.AddGauge("parley_connections", "Open connections of the public port.",
                   [&server] { return static_cast<double>(server.stats().connections.load()); });
  metrics.AddGauge("parley_outbox_bytes", "What waits for the readers of all WebSockets.",
                   [&server] { return static_cast<double>(server.outbox_bytes()); });
  metrics.AddGauges(
      "parley_reading_bytes",
      "What requests and messages that are being read hold beyond 4 KiB of each.", [&server] {
        return ReadingSamples(server, [](const auto& budget) { return budget.held(); });
      });
  metrics.AddCounters(
      "parley_reading_refused_total",
      "Requests and messages that did not fit into server.reading_bytes.", [&server] {
        return ReadingSamples(server, [](const auto& budget) { return budget.refused(); });
      });
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

void RegisterBus(metrics::Metrics& metrics, const MetricSources& sources) {
  metrics.AddCounter(
      "parley_events_published_total", "Events handed to the bus.",
      [bus = sources.bus] { return static_cast<double>(bus->local_bus().published()); });
  metrics.AddGauge("parley_people_connected", "People with a WebSocket.", [bus = sources.bus] {
    return static_cast<double>(bus->local_presence().stats().connected);
  });
  metrics.AddGauge(
      "parley_people_watched", "People whose presence somebody watches.",
      [bus = sources.bus] { return static_cast<double>(bus->local_presence().stats().watched); });
  metrics.AddGauge(
      "parley_people_lingering", "People who left and are still shown as online to their watchers.",
      [bus = sources.bus] { return static_cast<double>(bus->local_presence().stats().lingering); });
}

void RegisterSessions(metrics::Metrics& metrics, const MetricSources& sources) {
  metrics.AddCounter("parley_sessions_without_place_total",
                     "WebSockets closed because their account or address has too many.",
                     [&stats = sources.sessions->stats()] {
                       return static_cast<double>(stats.without_place.load());
                     });
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
  metrics.AddCounter(
      "parley_rate_buckets_forgotten_total",
      "Buckets that went for want of room before they were full again.",
      [&rates, &guesses] { return static_cast<double>(rates.forgotten() + guesses.forgotten()); });
  metrics.AddGauge("parley_sign_ins_delayed", "Sign-ins that are delayed now against guessing.",
                   [&guesses] { return static_cast<double>(guesses.delayed()); });
  metrics.AddGauge("parley_sign_ins_waiting",
                   "Sign-ins that wait for others from the same address.",
                   [&guesses] { return static_cast<double>(guesses.waiting()); });
}

}  // namespace

void RegisterMetrics(metrics::Metrics& metrics, const MetricSources& sources) {
  RegisterCommits(metrics, *sources.store);
  RegisterCaches(metrics, *sources.store, sources.cache_limits);
  RegisterSharedCache(metrics, sources.shared_cache);
  RegisterServer(metrics, *sources.server);
  metrics.AddGauge("parley_connections_limit", "How many connections may be open.",
                   [limit = sources.max_connections] { return static_cast<double>(limit); });
  RegisterGateway(metrics, sources.sessions->stats(), *sources.arrivals);
  RegisterChat(metrics, *sources.chat);
  RegisterQueues(metrics, sources);
  RegisterProcess(metrics);
  metrics.AddCounters("parley_errors_total", "Errors told to clients, by code.",
                      [errors = sources.errors] { return errors->Read(); });
  RegisterBus(metrics, sources);
  RegisterSessions(metrics, sources);
  RegisterRates(metrics, *sources.rates, *sources.guesses);
  sources.api->stats().AddTo(metrics);
  RegisterFleetMetrics(metrics, sources);
}

}  // namespace parley::app
