#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"
#include "storage/cached/cached_store.h"
#include "storage/cached/redis/shared_cache_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/fake_remote_cache.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::cached {
namespace {

AppendOutcome Append(Store& store, std::shared_ptr<const AppendRequest> request) {
  std::promise<AppendOutcome> answer;
  store.conversations().Append(std::move(request),
                               [&](AppendOutcome outcome) { answer.set_value(outcome); });
  return answer.get_future().get();
}

/// Two nodes with both layers of caches, on one store.
class SharedCacheStress : public ::testing::Test {
 protected:
  struct Node {
    Node(Store& store, RemoteCache& cache, const SharedStore& sharing)
        : remote(store, cache), local(remote, {}, sharing) {}
    SharedCacheStore remote;
    CachedStore local;
  };

  SharedStore Sharing(std::size_t other) {
    SharedStore shared;
    shared.ages.now = [this] {
      return std::chrono::steady_clock::time_point(std::chrono::milliseconds(now_ms_));
    };
    shared.tell = [this, other](const CacheNews& news) {
      if (heard_ && nodes_[other]) nodes_[other]->local.Hear(news);
    };
    return shared;
  }

  SharedCacheStress() {
    for (std::size_t i = 0; i < 2; ++i) {
      nodes_[i] = std::make_unique<Node>(fake_, cache_, Sharing(1 - i));
    }
    for (std::size_t i = 0; i < kLogs; ++i) {
      logs_.emplace_back(std::vector{owner_});
      EXPECT_EQ(Append(nodes_[0]->local, logs_[i].Take()), AppendOutcome::kCommitted);
    }
  }

  /// Everybody, on both nodes, is shown what the store says.
  void ExpectTruth() {
    runtime::Shard shard;
    for (const auto& node : nodes_) {
      ConversationStore& store = node->local.conversations();
      for (const LogBuilder& log : logs_) {
        const auto snapshot =
            *runtime::RunTask(shard, store.ReadSnapshot(log.id(), ReadMode::kCached));
        EXPECT_EQ(snapshot->head, log.head());
        EXPECT_EQ(snapshot->info, log.info());
        EXPECT_EQ(*snapshot->members, log.members());
        for (const UserId& user : users_) {
          const auto row = *runtime::RunTask(shard, store.FindMembership(user, log.id()));
          const auto truth =
              *runtime::RunTask(shard, fake_.conversations().FindMembership(user, log.id()));
          EXPECT_EQ(row, truth);
        }
      }
    }
  }

  void WriteSomething(std::mt19937& random, std::size_t i) {
    LogBuilder& log = logs_[i];
    const UserId user = users_[random() % users_.size()];
    const bool inside = std::ranges::count(log.members(), user, &Member::user) > 0;
    switch (random() % 4) {
      case 0:
        inside ? log.Remove(user) : log.Add(user);
        break;
      case 1:
        log.Title(std::to_string(random() % 100));
        break;
      default:
        log.Message(owner_, "hello");
    }
    EXPECT_EQ(Append(nodes_[random() % 2]->local, log.Take()), AppendOutcome::kCommitted);
  }

  /// A writer per log on changing nodes, and readers on both.
  template <class Check>
  void Run(int commits, Check check) {
    std::atomic<std::size_t> writing{kLogs};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kLogs; ++i) {
      threads.emplace_back([&, i] {
        std::mt19937 random(static_cast<unsigned>(i));
        for (int n = 0; n < commits; ++n) {
          WriteSomething(random, i);
          acked_[i] = logs_[i].head().seq.value();
        }
        --writing;
      });
    }
    for (unsigned seed = 0; seed < 4; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        runtime::Shard shard;
        while (writing > 0) check(random, shard, nodes_[seed % 2]->local.conversations());
      });
    }
    // Slow reads of the store, so that commits fall into them.
    threads.emplace_back([&] {
      while (writing > 0) {
        fake_.controls().HoldReads();
        for (int i = 0; i < 20; ++i) std::this_thread::yield();
        fake_.controls().ReleaseReads();
        std::this_thread::yield();
      }
    });
    for (std::thread& thread : threads) thread.join();
  }

  static constexpr std::size_t kLogs = 3;
  const UserId owner_ = NewId<UserId>();
  const std::vector<UserId> users_ = {NewId<UserId>(), NewId<UserId>(), NewId<UserId>()};
  std::atomic<std::int64_t> now_ms_{0};
  std::atomic<bool> heard_{true};
  memory::FakeStore fake_;
  FakeRemoteCache cache_;
  std::array<std::unique_ptr<Node>, 2> nodes_;
  std::vector<LogBuilder> logs_;
  std::array<std::atomic<std::uint64_t>, kLogs> acked_{};
};

TEST_F(SharedCacheStress, Readers_NeverSeeLessThanAnAck_OnWhicheverNode) {
  Run(150, [&](std::mt19937& random, runtime::Shard& shard, ConversationStore& store) {
    const std::size_t i = random() % kLogs;
    const std::uint64_t acked = acked_[i];
    if (acked == 0) return;
    const auto snapshot =
        runtime::RunTask(shard, store.ReadSnapshot(logs_[i].id(), ReadMode::kCached));
    EXPECT_GE((*snapshot)->head.seq.value(), acked);
    const auto entries =
        runtime::RunTask(shard, store.ReadEntries(logs_[i].id(), Seq(acked - 1), 1'000, 1'000'000));
    ASSERT_FALSE(entries->empty());
    EXPECT_EQ(entries->front()->seq.value(), acked);
  });
  ExpectTruth();
}

TEST_F(SharedCacheStress, FlushesAndDeaths_FailNobody_AndLeaveNothingOlderThanTheTimes) {
  heard_ = false;
  std::atomic<int> turn = 0;
  Run(150, [&](std::mt19937& random, runtime::Shard& shard, ConversationStore& store) {
    const std::size_t i = random() % kLogs;
    EXPECT_TRUE(runtime::RunTask(shard, store.ReadSnapshot(logs_[i].id(), ReadMode::kCached)).ok());
    EXPECT_TRUE(runtime::RunTask(shard, store.FindMembership(users_[0], logs_[i].id())).ok());
    switch (turn++ % 7) {
      case 0:
        cache_.Flush();
        break;
      case 3:
        cache_.Die();
        break;
      case 5:
        cache_.Revive();
        break;
      default:
        break;
    }
  });
  cache_.Revive();
  cache_.Advance(std::chrono::milliseconds(60'000));
  now_ms_ += 5'000;
  ExpectTruth();
}

}  // namespace
}  // namespace parley::storage::cached
