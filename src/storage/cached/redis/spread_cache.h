#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/cached/redis/remote_cache.h"

namespace parley::storage::cached {

/// Several caches as one: each key is at home in one of them, the same for every node that has them
/// in the same order. One that is gone takes its part of the keys with it, and nothing else.
class SpreadCache : public RemoteCache {
 public:
  /// At least one.
  explicit SpreadCache(std::vector<std::unique_ptr<RemoteCache>> parts);

  /// kUnavailable of one part are keys that hold nothing; of all, kUnavailable.
  void Get(std::vector<std::string> keys, Found done) override;
  /// kUnavailable if one of them failed.
  void Write(std::vector<RemoteWrite> writes, Done done) override;
  /// Their sums.
  RemoteStats stats() const override;

 private:
  std::size_t HomeOf(std::string_view key) const;

  const std::vector<std::unique_ptr<RemoteCache>> parts_;
};

}  // namespace parley::storage::cached
