#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "app/config/config.h"
#include "app/data_dir.h"
#include "app/log.h"
#include "base/result.h"
#include "runtime/blocking_pool.h"
#include "storage/cached/cached_store.h"
#include "storage/store.h"

namespace parley::app {

/// Where a node keeps everything, as its configuration says, with the caches in front.
struct StoreParts {
  std::unique_ptr<storage::Store> engine;
  std::unique_ptr<storage::cached::CachedStore> store;  ///< what the rest of the program uses
};

/// What the caches may hold.
storage::cached::CacheOptions CacheOptionsOf(const CacheSettings& settings);

/// Opens the store; blocks. `reads` and `log` outlive it. A disk that fails ends the process.
Result<StoreParts> OpenStore(const Config& config, const DataDir& dir, runtime::BlockingPool& reads,
                             ProcessLogger& log);

}  // namespace parley::app
