#include "bus/local/shard_directory.h"

#include <cstddef>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::size_t> ShardsOf(const ShardDirectory& directory, UserId user) {
  std::vector<std::size_t> shards;
  directory.ForEach(user, [&](std::size_t shard) { shards.push_back(shard); });
  return shards;
}

TEST(ShardDirectory, KnowsEachShardOfAPersonUntilItIsRemoved) {
  const UserId ann{Uuid({1})};
  const UserId bob{Uuid({2})};
  ShardDirectory directory;
  EXPECT_THAT(ShardsOf(directory, ann), IsEmpty());
  directory.Add(ann, 3);
  directory.Add(ann, 70'000);
  directory.Add(bob, 1);
  EXPECT_THAT(ShardsOf(directory, ann), UnorderedElementsAre(3, 70'000));
  EXPECT_THAT(ShardsOf(directory, bob), ElementsAre(1));
  directory.Remove(ann, 3);
  EXPECT_THAT(ShardsOf(directory, ann), ElementsAre(70'000));
  directory.Remove(ann, 70'000);
  EXPECT_THAT(ShardsOf(directory, ann), IsEmpty());
}

TEST(ShardDirectory, ManyThreadsAtOnce_EachFindsItsOwn) {
  ShardDirectory directory;
  std::vector<std::thread> threads;
  for (std::uint8_t shard = 0; shard < 4; ++shard) {
    threads.emplace_back([&directory, shard] {
      for (std::uint8_t person = 0; person < 200; ++person) {
        const UserId user{Uuid({person})};
        directory.Add(user, shard);
        EXPECT_THAT(ShardsOf(directory, user), testing::Contains(shard));
        directory.Remove(user, shard);
        EXPECT_THAT(ShardsOf(directory, user), testing::Not(testing::Contains(shard)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace parley::bus
