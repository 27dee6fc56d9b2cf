// Needs a Redis: PARLEY_REDIS=redis://:password@127.0.0.1:6379. Fails without one.
#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/cached/cached_store.h"
#include "storage/cached/redis/redis_client.h"
#include "storage/cached/redis/shared_cache_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/store_contract.h"
#include "storage/testing/store_property.h"

namespace parley::storage {
namespace {

using cached::CachedStore;
using cached::RedisClient;
using cached::RedisOptions;
using cached::RemoteFound;
using cached::RemoteWrite;
using cached::SharedCacheOptions;
using cached::SharedCacheStore;
using std::chrono::milliseconds;

NullLogger no_log;

class NeedsRedis : public ::testing::Environment {
 public:
  void SetUp() override {
    ASSERT_NE(std::getenv("PARLEY_REDIS"), nullptr)
        << "set PARLEY_REDIS to the address of a Redis: redis://:password@127.0.0.1:6379";
  }
};
[[maybe_unused]] const auto* const kNeedsRedis =
    ::testing::AddGlobalTestEnvironment(new NeedsRedis);

/// Connected, with deadlines that a busy machine keeps.
std::unique_ptr<RedisClient> Connect() {
  RedisOptions options;
  const auto address = cached::ParseRedisUrl(std::getenv("PARLEY_REDIS"));
  EXPECT_TRUE(address.ok()) << address.status().ToString();
  options.address = *address;
  options.deadline = milliseconds(5'000);
  auto client = std::make_unique<RedisClient>(options, no_log);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (client->stats().connected == 0 && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::yield();
  }
  EXPECT_EQ(client->stats().connected, 1U) << "no Redis at PARLEY_REDIS";
  return client;
}

/// Keys that nothing else has.
std::string NewPrefix() {
  static std::atomic<int> count = 0;
  return fmt::format("parley-test-{}-{}", getpid(), count++);
}

/// A node's stores: both caches, on a fake.
class StackedStore : public Store {
 public:
  StackedStore()
      : client_(Connect()),
        remote_(fake_, *client_, SharedCacheOptions{.prefix = NewPrefix()}),
        cached_(remote_, {}, cached::SharedStore()) {}
  ConversationStore& conversations() override { return cached_.conversations(); }
  AccountStore& accounts() override { return cached_.accounts(); }
  AdminStore& admin() override { return cached_.admin(); }
  MetaStore& meta() override { return cached_.meta(); }
  CommitStats commit_stats() const override { return cached_.commit_stats(); }
  std::uint64_t disk_bytes() const override { return cached_.disk_bytes(); }
  Status health() const override { return cached_.health(); }
  Status BackUp(const std::string& folder, const std::stop_token& stop) override {
    return cached_.BackUp(folder, stop);
  }
  void Stop() override { cached_.Stop(); }

 private:
  memory::FakeStore fake_;
  std::unique_ptr<RedisClient> client_;
  SharedCacheStore remote_;
  CachedStore cached_;
};

class StackedFactory : public StoreFactory {
 public:
  StoreTraits traits() const override { return {.persistent = false, .local = true}; }
  std::unique_ptr<Store> Open() override { return std::make_unique<StackedStore>(); }
};

PARLEY_INSTANTIATE_STORE_CONTRACT(Redis, [] { return std::make_unique<StackedFactory>(); });

TEST(RedisStoreProperty, RandomOperations_ShowWhatTheModelSays) {
  StackedFactory factory;
  CheckRandomOperations(factory);
}

// -- The scripts ----------------------------------------------------------------------------------

class RedisClientTest : public ::testing::Test {
 protected:
  std::vector<RemoteFound> Get(std::vector<std::string> keys) {
    std::promise<Result<std::vector<RemoteFound>>> answer;
    client_->Get(std::move(keys), [&](auto found) { answer.set_value(std::move(found)); });
    const auto found = answer.get_future().get();
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return found.ok() ? *found : std::vector<RemoteFound>();
  }
  RemoteFound GetOne() { return Get({key_}).at(0); }
  void Write(RemoteWrite write) {
    std::promise<Status> answer;
    write.key = key_;
    write.ttl = milliseconds(60'000);
    client_->Write({std::move(write)}, [&](Status status) { answer.set_value(std::move(status)); });
    const Status written = answer.get_future().get();
    EXPECT_TRUE(written.ok()) << written.ToString();
  }
  void Newer(std::uint64_t version, std::string payload) {
    Write({.kind = RemoteWrite::Kind::kNewer,
           .key = {},
           .version = version,
           .payload = std::move(payload)});
  }
  void Unchanged(std::uint64_t version, std::string payload) {
    Write({.kind = RemoteWrite::Kind::kUnchanged,
           .key = {},
           .version = version,
           .payload = std::move(payload)});
  }
  void Stale() {
    Write({.kind = RemoteWrite::Kind::kStale, .key = {}, .version = 0, .payload = {}});
  }

  std::unique_ptr<RedisClient> client_ = Connect();
  std::string key_ = NewPrefix();
};

TEST_F(RedisClientTest, Newer_ALowerVersionNeverReplacesAHigher) {
  EXPECT_EQ(GetOne(), RemoteFound());
  Newer(5, "five");
  Newer(4, "four");
  EXPECT_EQ(GetOne(), (RemoteFound{5, "five"}));
  Newer(5, "");  // a marker of the same version
  EXPECT_EQ(GetOne(), (RemoteFound{5, "five"}));
  Newer(300, "");
  EXPECT_EQ(GetOne(), (RemoteFound{300, ""}));
  Newer(299, "older");
  EXPECT_EQ(GetOne(), (RemoteFound{300, ""}));
  Newer(300, std::string("x\0y\r\n", 5));
  EXPECT_EQ(GetOne(), (RemoteFound{300, std::string("x\0y\r\n", 5)}));
  const std::uint64_t largest = (std::uint64_t{1} << 53) - 1;
  Newer(largest, "last");
  EXPECT_EQ(GetOne(), (RemoteFound{largest, "last"}));
}

TEST_F(RedisClientTest, Newer_InAnyOrder_FromManyThreads_TheHighestStays) {
  std::vector<std::thread> threads;
  std::vector<std::uint64_t> versions;
  for (std::uint64_t i = 1; i <= 400; ++i) versions.push_back(i);
  std::shuffle(versions.begin(), versions.end(), std::mt19937(7));
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = thread; i < versions.size(); i += 4) {
        Newer(versions[i], versions[i] % 3 == 0 ? "" : std::to_string(versions[i]));
        EXPECT_GE(GetOne().version, versions[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(GetOne(), (RemoteFound{400, "400"}));
}

TEST_F(RedisClientTest, Unchanged_FillsOnlyWhatNobodyWroteSince) {
  Unchanged(7, "of a version that was never there");
  EXPECT_EQ(GetOne(), RemoteFound());
  Unchanged(0, "one");
  const RemoteFound one = GetOne();
  EXPECT_EQ(one.payload, "one");
  Unchanged(0, "late");
  EXPECT_EQ(GetOne(), one);
  Stale();
  const RemoteFound marker = GetOne();
  EXPECT_EQ(marker.payload, "");
  EXPECT_GT(marker.version, one.version);
  Unchanged(one.version, "late");
  EXPECT_EQ(GetOne(), marker);
  Stale();
  Unchanged(marker.version, "late");
  EXPECT_EQ(GetOne().payload, "");
  Unchanged(GetOne().version, "two");
  EXPECT_EQ(GetOne().payload, "two");
}

TEST_F(RedisClientTest, ManyKeys_ComeBackInOrder) {
  Newer(1, "here");
  const auto found = Get({"parley-test-nothing", key_, "parley-test-nothing", key_});
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], RemoteFound());
  EXPECT_EQ(found[1], (RemoteFound{1, "here"}));
  EXPECT_EQ(found[3], (RemoteFound{1, "here"}));
  EXPECT_EQ(Get({}).size(), 0U);
}

TEST_F(RedisClientTest, LargeValues_AndManyAtOnce_ArePipelined) {
  const std::string large(3'000'000, 'x');
  Newer(1, large);
  std::vector<std::future<std::size_t>> answers;
  for (int i = 0; i < 20; ++i) {
    auto answer = std::make_shared<std::promise<std::size_t>>();
    answers.push_back(answer->get_future());
    client_->Get({key_}, [answer](auto found) {
      answer->set_value(found.ok() ? found->front().payload.size() : 0);
    });
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), large.size());
  EXPECT_EQ(client_->stats().queued_bytes, 0U);
  EXPECT_EQ(client_->stats().errors, 0U);
}

}  // namespace
}  // namespace parley::storage
