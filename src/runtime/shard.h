#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/function.h"
#include "runtime/task.h"

namespace parley::runtime {

/// One thread of the server with its event loop. What belongs to a shard (sessions, actors) is
/// touched on its thread alone; other threads hand it work with Post.
///
/// Start() runs the loop on a thread of its own until Stop(). A test leaves Start out and drives
/// the loop by hand: RunUntilIdle().
class Shard {
 public:
  using Work = UniqueFunction<void()>;

  Shard() : Shard(0) {}
  explicit Shard(int index);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// Any thread. Runs `work` on the shard, in the order of posting. What gathers before the shard
  /// comes to it costs one wake-up. What is posted may end the shard's life while Post still
  /// returns.
  void Post(Work work);

  /// Runs the loop on a thread of its own.
  void Start();
  /// Ends the loop and its thread; what is posted from here on is dropped. Idempotent.
  void Stop();
  /// Destroys what was not run, tasks that wait included; the loop cannot be used any more. After
  /// Stop. Where tasks of several shards hold each other's ends, stop all shards first, then
  /// discard each, then destroy them.
  void Discard();

  /// Runs what is ready on the calling thread, until nothing is; answers whether anything ran.
  bool RunUntilIdle();

  /// The shard whose loop runs the calling thread, or null.
  static Shard* Current();
  bool IsCurrent() const { return Current() == this; }

  /// How much posted work waits to be run. Any thread.
  std::size_t inbox_size() const;

  int index() const { return index_; }
  Executor executor() { return io_->get_executor(); }

 private:
  /// Runs what was posted; answers whether anything was.
  bool Drain();

  const int index_;
  std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>(1);
  mutable std::mutex mutex_;
  std::vector<Work> inbox_;      // guarded by mutex_
  std::vector<Work> drained_;    ///< empty room for the next inbox
  bool stopped_ = false;         // guarded by mutex_
  std::atomic<int> waking_ = 0;  // threads in Post, on their way to the loop; grows under mutex_
  std::optional<boost::asio::executor_work_guard<Executor>> guard_;
  std::thread thread_;
};

}  // namespace parley::runtime
