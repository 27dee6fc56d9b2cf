#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/testing/store_contract.h"

namespace parley::storage {

void LinkMetaContract() {}

namespace {

using namespace std::chrono_literals;

SecretKey NewKey() {
  SecretKey key;
  SystemRandom().Fill(key);
  return key;
}

/// Stores under test may be shared with earlier runs.
std::string NewKeyName() { return "test-" + NewId<UserId>().ToString(); }

TEST_P(MetaContract, GetOrCreateKey_FirstCandidateStays) {
  const std::string name = NewKeyName();
  const SecretKey key = NewKey();
  EXPECT_EQ(*Run(meta().GetOrCreateKey(name, key)), key);
  EXPECT_EQ(*Run(meta().GetOrCreateKey(name, NewKey())), key);
  const SecretKey other = NewKey();
  EXPECT_EQ(*Run(meta().GetOrCreateKey(NewKeyName(), other)), other);
  EXPECT_EQ(*Run(meta().GetOrCreateKey(name, NewKey())), key);
}

TEST_P(MetaContract, GetOrCreateKey_AtOnce_AllGetTheSame) {
  const std::string name = NewKeyName();
  std::vector<SecretKey> keys(4);
  std::vector<std::thread> threads;
  for (SecretKey& key : keys) {
    threads.emplace_back([&] {
      runtime::Shard shard;
      key = *runtime::RunTask(shard, meta().GetOrCreateKey(name, NewKey()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 1U);
}

TEST_P(MetaContract, WriteTime_OnlyRises) {
  const TimePoint start = std::max(*Run(meta().ReadTime()), TimePoint(1'800'000'000'000ms));
  ASSERT_TRUE(Run(meta().WriteTime(start + 10s)).ok());
  EXPECT_EQ(*Run(meta().ReadTime()), start + 10s);
  ASSERT_TRUE(Run(meta().WriteTime(start + 5s)).ok());
  EXPECT_EQ(*Run(meta().ReadTime()), start + 10s);
  ASSERT_TRUE(Run(meta().WriteTime(start + 11s)).ok());
  EXPECT_EQ(*Run(meta().ReadTime()), start + 11s);
}

TEST_P(MetaContract, Reopen_KeepsKeysAndTime) {
  if (!traits().persistent) GTEST_SKIP() << "keeps nothing";
  const SecretKey key = NewKey();
  const std::string name = NewKeyName();
  ASSERT_TRUE(Run(meta().GetOrCreateKey(name, key)).ok());
  const TimePoint time = *Run(meta().ReadTime()) + 1s;
  ASSERT_TRUE(Run(meta().WriteTime(time)).ok());
  Reopen();
  EXPECT_EQ(*Run(meta().GetOrCreateKey(name, NewKey())), key);
  EXPECT_EQ(*Run(meta().ReadTime()), time);
}

}  // namespace
}  // namespace parley::storage
