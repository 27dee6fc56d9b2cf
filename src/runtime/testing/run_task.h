#pragma once

#include <optional>
#include <thread>
#include <utility>

#include "runtime/shard.h"
#include "runtime/spawn.h"
#include "runtime/task.h"

namespace parley::runtime {

/// Runs `task` to its end on a shard that is driven by hand, and answers what it answers. For
/// tests.
template <class T>
T RunTask(Shard& shard, Task<T> task) {
  std::optional<T> answer;
  Spawn(shard, "RunTask", [](Task<T> inner, std::optional<T>* out) -> Task<void> {
    *out = co_await std::move(inner);
  }(std::move(task), &answer));
  while (!answer) {
    // Other threads (pools, committers) may be at work for us.
    if (!shard.RunUntilIdle()) std::this_thread::yield();
  }
  return *std::move(answer);
}

}  // namespace parley::runtime
