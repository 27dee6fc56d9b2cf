#include "runtime/spawn.h"

#include <atomic>
#include <cstdio>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::runtime {
namespace {

void ReportToStderr(std::string_view task, std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "task %.*s failed: %s\n", static_cast<int>(task.size()), task.data(),
                 e.what());
  } catch (...) {
    std::fprintf(stderr, "task %.*s failed\n", static_cast<int>(task.size()), task.data());
  }
}

std::atomic<FailureReporter> failure_reporter = ReportToStderr;

Task<void> Root(Task<void> task) {
  // Cancellation shows as an error code where it was asked for, never as a throw at the next await.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

}  // namespace

void SetFailureReporter(FailureReporter reporter) { failure_reporter = reporter; }

void Spawn(Shard& shard, std::string_view name, Gate::Pass pass, Task<void> task) {
  boost::asio::co_spawn(shard.executor(), Root(std::move(task)),
                        [name, pass = std::move(pass)](std::exception_ptr failure) {
                          if (failure) failure_reporter.load()(name, failure);
                        });
}

void Spawn(Shard& shard, std::string_view name, Task<void> task) {
  boost::asio::co_spawn(shard.executor(), Root(std::move(task)),
                        [name](std::exception_ptr failure) {
                          if (failure) failure_reporter.load()(name, failure);
                        });
}

}  // namespace parley::runtime
