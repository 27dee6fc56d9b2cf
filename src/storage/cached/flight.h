#pragma once

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/completer.h"

namespace parley::storage::cached {

/// One read under way, with those who wait for its answer, on whatever shards. Any thread.
template <class T>
class Flight {
 public:
  /// Calls `waiter` with the answer, at once if it is there.
  void Join(runtime::Completer<Result<T>> waiter) {
    {
      const std::lock_guard lock(mutex_);
      if (!answer_) {
        waiters_.push_back(std::move(waiter));
        return;
      }
    }
    waiter(*answer_);  // never changes once it is there
  }

  void Land(Result<T> answer) {
    std::vector<runtime::Completer<Result<T>>> waiters;
    {
      const std::lock_guard lock(mutex_);
      answer_.emplace(std::move(answer));
      waiters.swap(waiters_);
    }
    for (runtime::Completer<Result<T>>& waiter : waiters) waiter(*answer_);
  }

 private:
  std::mutex mutex_;
  std::optional<Result<T>> answer_;                     // guarded by mutex_ until it is there
  std::vector<runtime::Completer<Result<T>>> waiters_;  // guarded by mutex_
};

}  // namespace parley::storage::cached
