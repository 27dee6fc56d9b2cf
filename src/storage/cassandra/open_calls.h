#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace parley::storage::cassandra {

/// Counts the calls that are under way on no shard, so that Stop can wait for their end: each ends
/// within the timeouts of the session. Any thread.
class OpenCalls {
 public:
  /// False after Stop: then the call must not begin. Else Leave() follows, exactly once.
  bool Enter() {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    ++count_;
    return true;
  }
  /// For what a call leaves behind: only while that call has entered.
  void Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  /// Whoever waits in Stop may go on, and destroy everything, before this returns.
  void Leave() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) ended_.notify_all();
  }

  /// Lets nobody in any more, and waits until all have left. Idempotent.
  void Stop() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    ended_.wait(lock, [&] { return count_ == 0; });
  }

  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t count_ = 0;  // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
};

}  // namespace parley::storage::cassandra
