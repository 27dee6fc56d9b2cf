#include "bus/local/shard_directory.h"

#include <algorithm>
#include <cassert>

namespace parley::bus {

void ShardDirectory::Add(UserId user, std::size_t shard) {
  Part& part = PartOf(user);
  const std::lock_guard lock(part.mutex);
  part.shards[user].push_back(static_cast<std::uint32_t>(shard));
}

void ShardDirectory::Remove(UserId user, std::size_t shard) {
  Part& part = PartOf(user);
  const std::lock_guard lock(part.mutex);
  const auto found = part.shards.find(user);
  assert(found != part.shards.end());
  Shards& shards = found->second;
  const auto place = std::find(shards.begin(), shards.end(), shard);
  assert(place != shards.end());
  shards.erase(place);
  if (shards.empty()) part.shards.erase(found);
}

}  // namespace parley::bus
