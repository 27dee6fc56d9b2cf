#pragma once

#include <future>
#include <utility>

#include "runtime/shard.h"
#include "runtime/spawn.h"
#include "runtime/task.h"

namespace parley::runtime {

/// Runs `task` on a shard that is started, and waits for its answer: for start-up, shutdown and
/// command line programs. Never call it on a shard.
template <class T>
T BlockOn(Shard& shard, Task<T> task) {
  std::promise<T> answer;
  std::future<T> future = answer.get_future();
  shard.Post([&shard, task = std::move(task), answer = std::move(answer)]() mutable {
    Spawn(shard, "BlockOn", [](Task<T> inner, std::promise<T> out) -> Task<void> {
      out.set_value(co_await std::move(inner));
    }(std::move(task), std::move(answer)));
  });
  return future.get();
}

}  // namespace parley::runtime
