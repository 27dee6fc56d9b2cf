#include "runtime/timer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::runtime {

Task<void> Yield() {
  co_await boost::asio::post(co_await boost::asio::this_coro::executor, kUseTask);
}

Task<void> Sleep(std::chrono::milliseconds delay) {
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(delay);
  co_await timer.async_wait(boost::asio::as_tuple(kUseTask));
}

}  // namespace parley::runtime
