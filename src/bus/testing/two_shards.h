#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/shard.h"

namespace parley::bus {

/// Two shards that a contract suite runs by hand, on the test's thread.
class TwoShards {
 protected:
  /// Runs both until `done` answers true, at most 10 s; fails the test otherwise.
  void RunUntil(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long";
      const bool first_ran = first_.RunUntilIdle();
      const bool second_ran = second_.RunUntilIdle();
      if (!first_ran && !second_ran) std::this_thread::yield();
    }
  }

  runtime::Shard first_{0};
  runtime::Shard second_{1};
};

}  // namespace parley::bus
