#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "app/config/config.h"
#include "app/data_dir.h"
#include "app/log.h"
#include "base/result.h"
#include "runtime/blocking_pool.h"
#include "storage/cached/cache_news.h"
#include "storage/cached/cached_store.h"
#include "storage/cached/redis/remote_cache.h"
#include "storage/cached/redis/shared_cache_store.h"
#include "storage/cassandra/cassandra_store.h"
#include "storage/store.h"

namespace parley::app {

/// Where a node keeps everything, as its configuration says, with the caches in front: destroyed
/// from the front to the back.
struct StoreParts {
  std::unique_ptr<storage::Store> engine;
  storage::cassandra::ClusterStore* cluster = nullptr;  ///< the engine, where it is one
  std::unique_ptr<storage::cached::RemoteCache> redis;  ///< null where there is none; so below
  std::unique_ptr<storage::cached::SharedCacheStore> shared_cache;
  std::unique_ptr<storage::cached::CachedStore> store;  ///< what the rest of the program uses
};

/// What the caches in the process may hold.
storage::cached::CacheOptions CacheOptionsOf(const CacheSettings& settings);

/// What opening a store needs; all of it outlives the store.
struct StoreEnvironment {
  const Config& config;
  const DataDir& dir;
  runtime::BlockingPool& reads;
  ProcessLogger& log;
  /// Tells the other nodes what was written here; called on any thread. May be null.
  std::function<void(const storage::cached::CacheNews&)> tell;
  /// Gives up waiting for a cluster that is not there.
  std::stop_token stop;
};

/// Opens the store; blocks, and waits for as long as a cluster is not there. A disk that fails ends
/// the process. kCancelled: `stop` was requested meanwhile.
Result<StoreParts> OpenStore(const StoreEnvironment& environment);

/// How a keyspace of Cassandra is opened. `stop` gives up waiting for another server's change of
/// the schema.
storage::cassandra::OpenOptions ClusterOptionsOf(const CassandraSettings& settings,
                                                 ProcessLogger* log, std::stop_token stop);

/// How the configuration reaches Cassandra.
storage::cassandra::SessionOptions SessionOptionsOf(const CassandraSettings& settings,
                                                    ProcessLogger* log);

}  // namespace parley::app
