#include "storage/cached/redis/open_redis.h"

#include <utility>

#include "storage/cached/redis/spread_cache.h"

namespace parley::storage::cached {

Result<std::unique_ptr<RemoteCache>> OpenRedis(const std::vector<std::string>& urls,
                                               const RedisOptions& options, Logger& log) {
  if (urls.empty()) {
    return Status(StatusCode::kInvalidArgument, "name at least one Redis, as redis://host:port");
  }
  std::vector<RedisOptions> servers;
  servers.reserve(urls.size());
  for (const std::string& url : urls) {
    RedisOptions server = options;
    PARLEY_ASSIGN(server.address, ParseRedisUrl(url));
    servers.push_back(std::move(server));
  }
  std::vector<std::unique_ptr<RemoteCache>> parts;
  parts.reserve(servers.size());
  for (RedisOptions& server : servers) {
    parts.push_back(std::make_unique<RedisClient>(std::move(server), log));
  }
  return std::make_unique<SpreadCache>(std::move(parts));
}

}  // namespace parley::storage::cached
