#include "limits/bucket_table.h"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::limits {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{std::chrono::hours(1)};
const Pace kPace = PaceOf({.per_minute = 60, .burst = 10});

BucketKey Key(std::uint64_t number, std::uint8_t action = 0) {
  BucketKey key;
  std::memcpy(key.owner.data(), &number, sizeof number);
  key.action = action;
  return key;
}

bool Take(BucketTable& table, const BucketKey& key, std::size_t cost, SteadyTime now = kStart) {
  return table.Use(key, now, [&](Bucket& bucket) { return bucket.Take(kPace, cost, now); }) ==
         nanoseconds::zero();
}

TEST(BucketTableTest, KeysAndActions_HaveBucketsOfTheirOwn) {
  BucketTable table(1'000, 1);
  EXPECT_TRUE(Take(table, Key(1), 10));
  EXPECT_FALSE(Take(table, Key(1), 1));
  EXPECT_TRUE(Take(table, Key(2), 10));
  EXPECT_TRUE(Take(table, Key(1, 1), 10));
  EXPECT_EQ(table.size(), 3U);
}

TEST(BucketTableTest, FullBuckets_AreNotKept) {
  BucketTable table(1'000, 1);
  EXPECT_TRUE(Take(table, Key(1), 10));
  const auto look = [](Bucket& bucket) { return bucket.full_at(); };
  table.Use(Key(2), kStart, look);  // nothing taken
  EXPECT_EQ(table.size(), 1U);
  table.Use(Key(1), kStart + seconds(10), look);
  EXPECT_EQ(table.size(), 0U);
}

TEST(BucketTableTest, Forget_MakesItFull) {
  BucketTable table(1'000, 1);
  EXPECT_TRUE(Take(table, Key(1), 10));
  table.Forget(Key(1));
  table.Forget(Key(2));
  EXPECT_TRUE(Take(table, Key(1), 10));
}

TEST(BucketTableTest, FloodOfNewKeys_StaysBoundedAndKeepsWhoDidMost) {
  constexpr std::size_t kCapacity = 1'024;
  BucketTable table(kCapacity, 1);
  EXPECT_TRUE(Take(table, Key(1), 10));
  for (std::uint64_t number = 2; number < 20 * kCapacity; ++number) {
    EXPECT_TRUE(Take(table, Key(number), 1));
    EXPECT_LE(table.size(), kCapacity);
  }
  EXPECT_GT(table.forgotten(), 0U);
  EXPECT_FALSE(Take(table, Key(1), 1));
}

TEST(BucketTableTest, RoomIsMadeOfFullOnesFirst) {
  constexpr std::size_t kCapacity = 1'024;
  BucketTable table(kCapacity, 1);
  for (std::uint64_t number = 0; number < 20 * kCapacity; ++number) {
    // Each is full again after a second, and 100 come in a second.
    const SteadyTime now = kStart + std::chrono::milliseconds(10 * number);
    EXPECT_TRUE(Take(table, Key(number), 1, now));
  }
  EXPECT_LE(table.size(), kCapacity);
  EXPECT_EQ(table.forgotten(), 0U);
}

TEST(BucketTableTest, ManyThreads_TakeNoMoreThanThereIs) {
  BucketTable table(1'000, 1);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        if (Take(table, Key(static_cast<std::uint64_t>(i % 10)), 1)) ++taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 10 * 10);
}

}  // namespace
}  // namespace parley::limits
