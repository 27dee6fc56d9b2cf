#include "bus/shard_signal.h"

#include <gtest/gtest.h>

#include "runtime/shard.h"

namespace parley::bus {
namespace {

void RunAll(runtime::Shard& shard) {
  while (shard.RunUntilIdle()) {
  }
}

TEST(ShardSignal, CallsOnTheShard_OnceForWhatGathers) {
  runtime::Shard shard;
  ShardSignal signal;
  int calls = 0;
  std::unique_ptr<Subscription> subscription;
  shard.Post([&] {
    subscription = signal.Listen([&] {
      EXPECT_TRUE(shard.IsCurrent());
      ++calls;
    });
  });
  RunAll(shard);
  signal.Fire();
  signal.Fire();
  EXPECT_EQ(calls, 0) << "called from within";
  RunAll(shard);
  EXPECT_EQ(calls, 1);
  signal.Fire();
  RunAll(shard);
  EXPECT_EQ(calls, 2);
  signal.Fire();
  shard.Post([&] { subscription.reset(); });
  signal.Fire();
  RunAll(shard);
  signal.Fire();
  RunAll(shard);
  EXPECT_EQ(calls, 3) << "only what was on its way before the end";
}

TEST(ShardSignal, EndedBeforeItArrives_IsNotCalled) {
  runtime::Shard shard;
  auto signal = std::make_unique<ShardSignal>();
  std::unique_ptr<Subscription> subscription;
  shard.Post([&] { subscription = signal->Listen([] { FAIL() << "it had ended"; }); });
  RunAll(shard);
  shard.Post([&] { subscription.reset(); });
  signal->Fire();
  signal.reset();
  RunAll(shard);
}

}  // namespace
}  // namespace parley::bus
