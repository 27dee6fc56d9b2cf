#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/completer.h"
#include "runtime/task.h"
#include "storage/cached/redis/remote_cache.h"

namespace parley::storage::cached {

// RemoteCache for coroutines. Await them on a shard.

/// So many keys are asked for at once: an answer of more takes longer than a deadline is for.
inline constexpr std::size_t kMaxKeysAtOnce = 1'000;

inline runtime::Task<Result<std::vector<RemoteFound>>> AwaitGet(RemoteCache* cache,
                                                                std::vector<std::string> keys) {
  using Answer = Result<std::vector<RemoteFound>>;
  co_return co_await runtime::AwaitCompletion<Answer>(
      [cache, keys = std::move(keys)](runtime::Completer<Answer> done) mutable {
        cache->Get(std::move(keys), std::move(done));
      });
}

/// Waits until it is done or has failed, which the client counts.
inline runtime::Task<Status> AwaitWrite(RemoteCache* cache, std::vector<RemoteWrite> writes) {
  co_return co_await runtime::AwaitCompletion<Status>(
      [cache, writes = std::move(writes)](runtime::Completer<Status> done) mutable {
        cache->Write(std::move(writes), std::move(done));
      });
}

/// Does not wait.
inline void WriteLater(RemoteCache& cache, std::vector<RemoteWrite> writes) {
  // Failures are counted by the client; what was not written is read from the store again.
  if (!writes.empty()) cache.Write(std::move(writes), [](const Status& /*written*/) {});
}

}  // namespace parley::storage::cached
