#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "storage/cached/redis/redis_client.h"

namespace parley::storage::cached {

/// The shared cache on one Redis or several (every node names them in the same order; the keys are
/// spread over them). `options.address` does not matter. Connects in the background; destroying it
/// answers what is under way. `log` must outlive it. kInvalidArgument for no url, or one that is
/// none.
Result<std::unique_ptr<RemoteCache>> OpenRedis(const std::vector<std::string>& urls,
                                               const RedisOptions& options, Logger& log);

}  // namespace parley::storage::cached
