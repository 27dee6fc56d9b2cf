#include <algorithm>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/blocking_pool.h"
#include "runtime/completer.h"
#include "runtime/gate.h"
#include "runtime/shard.h"
#include "runtime/spawn.h"
#include "runtime/testing/run_task.h"
#include "runtime/timer.h"

namespace parley::runtime {
namespace {

Task<Result<int>> Twice(BlockingPool& pool, int number) {
  co_return co_await pool.Run([number]() -> Result<int> { return number * 2; });
}

TEST(BlockingPool, Run_AnswersOnTheCallersShard) {
  BlockingPool pool(1, 4);
  Shard shard;
  EXPECT_EQ(*RunTask(shard, Twice(pool, 21)), 42);
}

TEST(BlockingPool, Run_Stopped_AnswersUnavailable) {
  BlockingPool pool(1, 4);
  pool.Stop();
  Shard shard;
  EXPECT_EQ(RunTask(shard, Twice(pool, 21)).status().code(), StatusCode::kUnavailable);
}

TEST(Shard, Post_FromManyThreads_RunsAllInOrderOfEachThread) {
  Shard shard;
  shard.Start();
  constexpr int kThreads = 4;
  constexpr int kEach = 1'000;
  std::vector<std::vector<int>> seen(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&shard, &seen, t] {
      for (int i = 0; i < kEach; ++i) {
        shard.Post([&seen, t, i] { seen[static_cast<std::size_t>(t)].push_back(i); });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::promise<void> done;
  shard.Post([&done] { done.set_value(); });
  done.get_future().wait();
  for (const std::vector<int>& numbers : seen) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(kEach));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  }
}

Task<Status> Dropped() {
  co_return co_await AwaitCompletion<Status>([](Completer<Status> /*dropped*/) {});
}

TEST(Completer, Destroyed_AnswersUnavailable) {
  Shard shard;
  EXPECT_EQ(RunTask(shard, Dropped()).code(), StatusCode::kUnavailable);
}

TEST(Gate, Close_CallsBackWhenTheLastHasLeft) {
  Gate gate;
  bool empty = false;
  {
    const Gate::Pass pass = gate.Enter();
    gate.Close([&empty] { empty = true; });
    EXPECT_FALSE(empty);
  }
  EXPECT_TRUE(empty);
}

std::string reported;

Task<void> Throws() {
  throw std::runtime_error("broken");
  co_return;
}

TEST(Spawn, ExceptionLeavesTask_IsReportedWithItsName) {
  SetFailureReporter([](std::string_view task, std::exception_ptr) { reported = task; });
  Shard shard;
  Gate gate;
  Spawn(shard, "thrower", gate.Enter(), Throws());
  while (shard.RunUntilIdle()) {
  }
  EXPECT_EQ(reported, "thrower");
  EXPECT_EQ(gate.count(), 0U);
}

TEST(Shard, RunUntilIdle_RunsWhatWasPostedBeforeIt_WhileOthersPost) {
  Shard shard;
  std::latch posting(1);
  const std::jthread other([&](const std::stop_token& stop) {
    posting.count_down();
    while (!stop.stop_requested()) {
      if (shard.inbox_size() < 100) shard.Post([] {});
    }
  });
  posting.wait();
  for (int i = 0; i < 200'000; ++i) {
    bool ran = false;
    shard.Post([&ran] { ran = true; });
    shard.RunUntilIdle();
    ASSERT_TRUE(ran) << "round " << i;
  }
}

TEST(Shard, Destroyed_ByWhatWasPosted_WhilePostReturns) {
  for (int round = 0; round < 2'000; ++round) {
    auto shard = std::make_unique<Shard>();
    bool done = false;  // touched by this thread alone: the loop runs here
    std::thread poster([&done, shard = shard.get()] { shard->Post([&done] { done = true; }); });
    while (!done) shard->RunUntilIdle();
    shard.reset();
    poster.join();
  }
}

TEST(Timer, After_SetAgain_FiresOnceForTheLast) {
  Shard shard;
  Timer timer(shard);
  int fired = 0;
  timer.After(std::chrono::milliseconds(0), [&fired] { fired = 1; });
  timer.After(std::chrono::milliseconds(0), [&fired] { fired += 10; });
  while (fired == 0) shard.RunUntilIdle();
  EXPECT_EQ(fired, 10);
}

}  // namespace
}  // namespace parley::runtime
