#include "app/store_parts.h"

#include <cstdlib>
#include <utility>

#include "storage/memory/fake_store.h"
#include "storage/rocks/rocks_store.h"

namespace parley::app {
namespace {

Result<std::unique_ptr<storage::Store>> OpenRocks(const Config& config, const DataDir& dir,
                                                  runtime::BlockingPool& reads) {
  storage::rocks::OpenOptions options{.path = dir.path + "/store", .reads = reads};
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

Result<StoreParts> OpenStore(const Config& config, const DataDir& dir, runtime::BlockingPool& reads,
                             ProcessLogger& log) {
  StoreParts parts;
  if (config.storage.engine == StorageEngine::kMemory) {
    log.Warning("the store is in memory: everything is forgotten when the server stops");
    parts.engine = std::make_unique<storage::memory::FakeStore>();
  } else {
    PARLEY_ASSIGN(parts.engine, OpenRocks(config, dir, reads));
  }
  parts.store =
      std::make_unique<storage::cached::CachedStore>(*parts.engine, CacheOptionsOf(config.cache));
  return parts;
}

}  // namespace parley::app
