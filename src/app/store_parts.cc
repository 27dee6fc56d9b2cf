#include "app/store_parts.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <utility>

#include <fmt/core.h>

#include "storage/cached/redis/open_redis.h"
#include "storage/cassandra/cluster_settings.h"
#include "storage/memory/fake_store.h"
#include "storage/rocks/rocks_store.h"

namespace parley::app {
namespace {

using storage::cached::CachedStore;
using storage::cached::SharedCacheStore;
using storage::cassandra::ClusterStore;

/// Between two tries to reach a cluster, and between two lines that say so.
constexpr std::chrono::seconds kTryAgain{1};
constexpr std::chrono::seconds kSayAgain{10};
/// While another server makes the tables, a node of Cassandra may not know one that the others do.
constexpr std::chrono::seconds kTablesSettle{60};

Result<std::unique_ptr<storage::Store>> OpenRocks(const StoreEnvironment& environment) {
  const Config& config = environment.config;
  storage::rocks::OpenOptions options{.path = environment.dir.path + "/store",
                                      .reads = environment.reads};
  options.block_cache_bytes = config.storage.block_cache_bytes;
  options.write_buffer_bytes = config.storage.write_buffer_bytes;
  options.min_free_bytes = config.storage.min_free_bytes;
  options.sync = config.storage.sync;
  options.on_fatal = [log = config.log](std::string_view what) {
    // Nothing written from here on could be trusted; what was acknowledged is in the log and is
    // read at the next start.
    LogAndFlush(log, LogLevel::kError, "the disk failed: stopping", {{"error", what}});
    std::_Exit(EXIT_FAILURE);
  };
  return storage::rocks::Open(std::move(options));
}

/// Whether it was told to stop within the time.
bool StoppedWithin(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  return stopped.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
}

/// Where the cluster is not set up as our promises need it, the log says so at each start.
void TellOfCluster(storage::cassandra::Session& session, ProcessLogger& log) {
  using storage::cassandra::ClusterFinding;
  const Result<storage::cassandra::ClusterFacts> facts =
      storage::cassandra::ReadClusterFacts(session);
  if (!facts.ok())
    return log.Warning("the settings of Cassandra cannot be read",
                       {{"error", facts.status().message()}});
  for (const ClusterFinding& finding : storage::cassandra::JudgeCluster(*facts)) {
    if (finding.severity == ClusterFinding::Severity::kOk) continue;
    const bool error = finding.severity == ClusterFinding::Severity::kError;
    log.Log(error ? LogLevel::kError : LogLevel::kWarning, "Cassandra is not set up safely",
            {{"check", finding.check}, {"found", finding.message}, {"advice", finding.advice}});
  }
}

Result<std::unique_ptr<ClusterStore>> OpenCassandra(const StoreEnvironment& environment) {
  const storage::cassandra::OpenOptions options =
      ClusterOptionsOf(environment.config.storage.cassandra, &environment.log, environment.stop);
  const auto begun = std::chrono::steady_clock::now();
  auto say_at = begun;
  while (true) {
    Result<std::unique_ptr<ClusterStore>> store = storage::cassandra::Open(options);
    const auto now = std::chrono::steady_clock::now();
    const StatusCode code = store.status().code();
    const bool may_pass = code == StatusCode::kUnavailable ||
                          (code == StatusCode::kInternal && now - begun < kTablesSettle);
    if (store.ok()) TellOfCluster((*store)->session(), environment.log);
    if (store.ok() || !may_pass) return store;
    if (now >= say_at) {
      environment.log.Warning("waits for Cassandra", {{"error", store.status().message()}});
      say_at += kSayAgain;
    }
    if (StoppedWithin(environment.stop, kTryAgain)) {
      return Status(StatusCode::kCancelled, "was told to stop before Cassandra was there");
    }
  }
}

/// `read`: what one read of the database takes at most.
storage::cached::SharedCacheOptions SharedCacheOptionsOf(const RedisSettings& settings,
                                                         std::chrono::milliseconds read) {
  constexpr int kReadsInARow = 12;  // of a snapshot, with all its members
  storage::cached::SharedCacheOptions options;
  options.marker_ttl = std::max(options.marker_ttl, kReadsInARow * read);
  options.prefix = settings.prefix;
  options.head_ttl = settings.head_ttl;
  options.body_ttl = settings.body_ttl;
  options.user_ttl = settings.user_ttl;
  options.page_ttl = settings.page_ttl;
  return options;
}

/// The caches in front of a store that other nodes write to as well.
Status AddSharedCaches(const StoreEnvironment& environment, StoreParts& parts) {
  const CacheSettings& settings = environment.config.cache;
  storage::Store* behind = parts.engine.get();
  if (!settings.redis.urls.empty()) {
    storage::cached::RedisOptions options;
    options.deadline = settings.redis.timeout;
    PARLEY_ASSIGN(parts.redis,
                  storage::cached::OpenRedis(settings.redis.urls, options, environment.log));
    parts.shared_cache = std::make_unique<SharedCacheStore>(
        *parts.engine, *parts.redis,
        SharedCacheOptionsOf(settings.redis, environment.config.storage.cassandra.timeout));
    behind = parts.shared_cache.get();
  }
  storage::cached::SharedStore shared;
  shared.ages.max_age = settings.max_age;
  shared.tell = environment.tell;
  parts.store = std::make_unique<CachedStore>(*behind, CacheOptionsOf(settings), shared);
  return Status::Ok();
}

}  // namespace

storage::cached::CacheOptions CacheOptionsOf(const CacheSettings& settings) {
  storage::cached::CacheOptions options;
  options.snapshots_bytes = settings.snapshots_bytes;
  options.memberships_bytes = settings.memberships_bytes;
  options.entries_bytes = settings.entries_bytes;
  // The setting is of both.
  options.users_bytes = settings.users_bytes / 2;
  options.sessions_bytes = settings.users_bytes - options.users_bytes;
  return options;
}

storage::cassandra::OpenOptions ClusterOptionsOf(const CassandraSettings& settings,
                                                 ProcessLogger* log, std::stop_token stop) {
  storage::cassandra::OpenOptions options;
  options.session = SessionOptionsOf(settings, log);
  options.schema.replication = fmt::format("{{'class': 'NetworkTopologyStrategy', '{}': {}}}",
                                           settings.datacenter, settings.replication);
  options.schema.stop = std::move(stop);
  options.schema.log = log;
  options.max_batch_bytes = settings.batch_bytes;
  return options;
}

storage::cassandra::SessionOptions SessionOptionsOf(const CassandraSettings& settings,
                                                    ProcessLogger* log) {
  storage::cassandra::SessionOptions options;
  options.contact_points = settings.hosts;
  options.datacenter = settings.datacenter;
  options.keyspace = settings.keyspace;
  options.user = settings.username;
  options.password = settings.password;
  options.ca_file = settings.ca_file;
  options.threads = settings.threads;
  options.timeout = settings.timeout;
  options.serial_timeout = 2 * settings.timeout;
  options.max_in_flight = settings.max_in_flight;
  options.max_waiting = settings.queue;
  options.log = log;
  return options;
}

Result<StoreParts> OpenStore(const StoreEnvironment& environment) {
  const Config& config = environment.config;
  StoreParts parts;
  if (config.storage.engine == StorageEngine::kCassandra) {
    PARLEY_ASSIGN(std::unique_ptr<ClusterStore> cluster, OpenCassandra(environment));
    parts.cluster = cluster.get();
    parts.engine = std::move(cluster);
    PARLEY_TRY(AddSharedCaches(environment, parts));
    return parts;
  }
  if (config.storage.engine == StorageEngine::kMemory) {
    environment.log.Warning(
        "the store is in memory: everything is forgotten when the server stops");
    parts.engine = std::make_unique<storage::memory::FakeStore>();
  } else {
    PARLEY_ASSIGN(parts.engine, OpenRocks(environment));
  }
  parts.store = std::make_unique<CachedStore>(*parts.engine, CacheOptionsOf(config.cache));
  return parts;
}

}  // namespace parley::app
