#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>

#include "base/result.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::runtime {

/// The other end of an AwaitCompletion: call it once, on any thread, and the coroutine goes on, on
/// its own shard, with the value. If it is destroyed uncalled, the coroutine gets kUnavailable. T
/// is a Status or a Result.
template <class T>
class Completer {
 public:
  explicit Completer(UniqueFunction<void(T)> resume) : resume_(std::move(resume)) {}
  Completer(Completer&& other) noexcept : resume_(std::exchange(other.resume_, nullptr)) {}
  Completer& operator=(Completer&&) = delete;
  ~Completer() {
    if (resume_) std::exchange(resume_, nullptr)(T(Unavailable("the server is stopping")));
  }

  void operator()(T value) { std::exchange(resume_, nullptr)(std::move(value)); }

 private:
  UniqueFunction<void(T)> resume_;
};

/// Suspends the calling coroutine until somebody calls the Completer that `start` is given: the one
/// bridge from callbacks to coroutines. Must be awaited on a shard. Not cancellable: whoever holds
/// the Completer promises to call or drop it in bounded time.
///
///   Status done = co_await AwaitCompletion<Status>([&](Completer<Status> done) { … });
template <class T, class Start>
Task<T> AwaitCompletion(Start start) {
  co_return co_await boost::asio::async_initiate<decltype(kUseTask), void(T)>(
      [shard = Shard::Current()](auto handler, Start go) {
        go(Completer<T>([shard, resume = std::move(handler)](T value) mutable {
          shard->Post([resume = std::move(resume), value = std::move(value)]() mutable {
            std::move(resume)(std::move(value));
          });
        }));
      },
      kUseTask, std::move(start));
}

}  // namespace parley::runtime
