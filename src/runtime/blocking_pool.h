#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "runtime/completer.h"
#include "runtime/task.h"

namespace parley::runtime {

/// Threads for what may block (disk reads, password hashing), so that no shard does. The queue is
/// bounded: work beyond it is refused with kUnavailable. Any thread.
class BlockingPool {
 public:
  BlockingPool(std::size_t threads, std::size_t queue_limit);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Runs `work` (which answers a Status or Result) on a thread of the pool and resumes the caller
  /// on its shard. Not cancellable; `work` should end in bounded time.
  template <class Work>
  Task<std::invoke_result_t<Work&>> Run(Work work) {
    using T = std::invoke_result_t<Work&>;
    co_return co_await AwaitCompletion<T>(
        [this, work = std::move(work)](Completer<T> done) mutable {
          // A refused job is destroyed, and its completer answers kUnavailable.
          Submit([work = std::move(work), done = std::move(done)]() mutable { done(work()); });
        });
  }

  /// False, and the job dropped, if the queue is full or the pool is stopping.
  bool Submit(UniqueFunction<void()> job);

  /// Runs what is queued, then ends the threads. Idempotent.
  void Stop();

  std::size_t queued() const;
  std::size_t queue_limit() const { return queue_limit_; }

 private:
  void Loop();

  const std::size_t queue_limit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<UniqueFunction<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                     // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace parley::runtime
