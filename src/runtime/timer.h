#pragma once

#include <chrono>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/function.h"
#include "runtime/shard.h"

namespace parley::runtime {

/// One alarm on a shard. Setting it again replaces what was set; destroying it cancels it. Belongs
/// to its shard.
class Timer {
 public:
  explicit Timer(Shard& shard) : timer_(shard.executor()) {}

  /// Calls `fire` on the shard after `delay`, unless cancelled or set anew before.
  void After(std::chrono::milliseconds delay, UniqueFunction<void()> fire) {
    timer_.expires_after(delay);
    timer_.async_wait([fire = std::move(fire)](boost::system::error_code error) mutable {
      if (!error) fire();
    });
  }
  void Cancel() { timer_.cancel(); }

 private:
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
};

/// Lets the shard do what else is ready before the calling coroutine goes on.
Task<void> Yield();

/// Suspends the calling coroutine for `delay`; ends early, without error, when it is cancelled.
Task<void> Sleep(std::chrono::milliseconds delay);

}  // namespace parley::runtime
