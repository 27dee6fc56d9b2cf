#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"
#include "storage/cached/cached_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::cached {
namespace {

/// Small enough for everything to be evicted again and again.
constexpr CacheOptions kTiny{.snapshots_bytes = 16'384,
                             .memberships_bytes = 16'384,
                             .entries_bytes = 65'536,
                             .users_bytes = 16'384,
                             .sessions_bytes = 16'384};

AppendOutcome Append(Store& store, std::shared_ptr<const AppendRequest> request) {
  std::promise<AppendOutcome> answer;
  store.conversations().Append(std::move(request),
                               [&](AppendOutcome outcome) { answer.set_value(outcome); });
  return answer.get_future().get();
}

/// Random changes by one thread; after each, the cache must show what the store beneath shows.
class RandomWalk {
 public:
  RandomWalk(unsigned seed, const CacheOptions& options,
             const std::optional<SharedStore>& shared = std::nullopt)
      : random_(seed), cached_(fake_, options, shared) {
    for (int i = 0; i < 6; ++i) users_.push_back(NewId<UserId>());
    for (int i = 0; i < 5; ++i) logs_.emplace_back(std::vector{users_[0]});
  }

  void Step() {
    LogBuilder& log = logs_[Below(logs_.size())];
    const UserId user = users_[1 + Below(users_.size() - 1)];
    const bool inside = std::ranges::count(log.members(), user, &Member::user) > 0;
    switch (Below(6)) {
      case 0:
        log.Title(std::to_string(Below(100)));
        break;
      case 1:
        inside ? log.Remove(user) : log.Add(user);
        break;
      case 2:
        if (inside) log.SetRole(user, Below(2) == 0 ? Role::kAdmin : Role::kMember);
        break;
      case 3:
        if (inside) WritePosition(log, user);
        break;
      default:
        log.Message(users_[0], std::string(Below(200), 'x'));
    }
    const auto request = log.Take();
    if (!request->entries.empty() && Below(4) != 0)
      Append(request);
    else if (!request->entries.empty())
      AppendBadly(request);
    Compare(logs_[Below(logs_.size())].id(), users_[Below(users_.size())]);
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  void Append(const std::shared_ptr<AppendRequest>& request) {
    ASSERT_EQ(cached::Append(cached_, request), AppendOutcome::kCommitted);
  }
  /// Unknown, but written; then as an actor would: a fresh read.
  void AppendBadly(const std::shared_ptr<AppendRequest>& request) {
    fake_.controls().FailNextAppend(AppendOutcome::kUnknown, memory::Written::kYes);
    ASSERT_EQ(cached::Append(cached_, request), AppendOutcome::kUnknown);
    ASSERT_TRUE(
        Run(cached_.conversations().ReadSnapshot(request->conversation, ReadMode::kFresh)).ok());
  }
  void WritePosition(const LogBuilder& log, UserId user) {
    const std::uint64_t seq = 1 + Below(log.head().seq.value());
    ASSERT_TRUE(Run(cached_.conversations().WritePositions(
                        {{.conversation = log.id(),
                          .user = user,
                          .joined_seq = log.member(user).joined_seq,
                          .position = {.read = Seq(seq), .read_n = seq / 2, .delivered = Seq(seq)},
                          .at = log.head().changed_at}}))
                    .ok());
  }

  void Compare(ConversationId id, UserId user) {
    ConversationStore& cached = cached_.conversations();
    ConversationStore& fake = fake_.conversations();
    const auto ours = Run(cached.ReadSnapshot(id, ReadMode::kCached));
    const auto theirs = Run(fake.ReadSnapshot(id, ReadMode::kCached));
    ASSERT_EQ(ours.ok(), theirs.ok());
    if (ours.ok()) {
      EXPECT_EQ((*ours)->info, (*theirs)->info);
      EXPECT_EQ((*ours)->head, (*theirs)->head);
      EXPECT_EQ(*(*ours)->members, *(*theirs)->members);
      EXPECT_EQ((*ours)->last_message, (*theirs)->last_message);
      const Seq after(Below((*ours)->head.seq.value() + 1));
      EXPECT_EQ(*Run(cached.ReadEntries(id, after, 50, 1'000'000)),
                *Run(fake.ReadEntries(id, after, 50, 1'000'000)));
    }
    auto rows = *Run(cached.ReadMemberships(user));
    auto expected = *Run(fake.ReadMemberships(user));
    std::ranges::sort(rows, {}, &Membership::conversation);
    std::ranges::sort(expected, {}, &Membership::conversation);
    EXPECT_EQ(rows, expected);
    EXPECT_EQ(*Run(cached.FindMembership(user, id)), *Run(fake.FindMembership(user, id)));
  }

  std::mt19937 random_;
  runtime::Shard shard_;
  memory::FakeStore fake_;
  CachedStore cached_;
  std::vector<UserId> users_;
  std::vector<LogBuilder> logs_;
};

TEST(CachedStress, RandomChanges_ShowWhatTheStoreShows) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomWalk walk(seed, seed % 2 == 0 ? CacheOptions() : kTiny);
    for (int i = 0; i < 300 && !testing::Test::HasFailure(); ++i) walk.Step();
  }
}

TEST(CachedStress, RandomChanges_OnASharedStore_ShowWhatTheStoreShows) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    RandomWalk walk(seed, seed % 2 == 0 ? CacheOptions() : kTiny, SharedStore());
    for (int i = 0; i < 300 && !testing::Test::HasFailure(); ++i) walk.Step();
  }
}

/// Writers commit, readers read on other threads: none may see less than was acknowledged before it
/// began.
void CheckReadersOnManyThreads(const std::optional<SharedStore>& shared) {
  constexpr std::size_t kLogs = 4;
  constexpr int kCommits = 150;
  memory::FakeStore fake;
  CachedStore cached(fake, kTiny, shared);
  const UserId anna = NewId<UserId>();
  std::vector<LogBuilder> logs;
  for (std::size_t i = 0; i < kLogs; ++i) {
    LogBuilder& log = logs.emplace_back(std::vector{NewId<UserId>()});
    ASSERT_EQ(Append(cached, log.Take()), AppendOutcome::kCommitted);
  }
  std::vector<std::atomic<std::uint64_t>> acked(kLogs);   // the head
  std::vector<std::atomic<std::uint64_t>> joined(kLogs);  // when anna's row was last written
  std::atomic<std::size_t> writing{kLogs};

  const auto write = [&](std::size_t i) {
    LogBuilder& log = logs[i];
    for (int n = 0; n < kCommits; ++n) {
      if (n == 0)
        log.Add(anna);
      else if (n % 7 == 0)
        log.Remove(anna).Add(anna);
      else
        log.Message(log.info().created_by, "hello");
      EXPECT_EQ(Append(cached, log.Take()), AppendOutcome::kCommitted);
      joined[i] = log.member(anna).joined_seq.value();
      acked[i] = log.head().seq.value();
    }
    --writing;
  };
  const auto read = [&](unsigned seed) {
    std::mt19937 random(seed);
    runtime::Shard shard;
    ConversationStore& store = cached.conversations();
    while (writing > 0) {
      const std::size_t i = random() % kLogs;
      const ConversationId id = logs[i].id();
      const std::uint64_t head = acked[i];
      const std::uint64_t stay = joined[i];
      if (head == 0) continue;
      const auto snapshot = runtime::RunTask(shard, store.ReadSnapshot(id, ReadMode::kCached));
      EXPECT_GE((*snapshot)->head.seq.value(), head);
      const auto entries =
          runtime::RunTask(shard, store.ReadEntries(id, Seq(head - 1), 1'000, 1'000'000));
      EXPECT_GE(entries->size(), 1U);
      EXPECT_EQ(entries->front()->seq.value(), head);
      const auto rows = runtime::RunTask(shard, store.ReadMemberships(anna));
      const auto row = std::ranges::find(*rows, id, &Membership::conversation);
      EXPECT_TRUE(row != rows->end() && row->member.joined_seq.value() >= stay);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kLogs; ++i) threads.emplace_back(write, i);
  for (unsigned seed = 0; seed < 3; ++seed) threads.emplace_back(read, seed);
  // Slow reads, so that commits fall into them.
  threads.emplace_back([&] {
    while (writing > 0) {
      fake.controls().HoldReads();
      for (int i = 0; i < 20; ++i) std::this_thread::yield();
      fake.controls().ReleaseReads();
      std::this_thread::yield();
    }
  });
  for (std::thread& thread : threads) thread.join();
}

TEST(CachedStress, ReadersOnManyThreads_NeverSeeLessThanAnAck) {
  CheckReadersOnManyThreads(std::nullopt);
}

TEST(CachedStress, ReadersOnManyThreads_OnASharedStore_NeverSeeLessThanAnAck) {
  CheckReadersOnManyThreads(SharedStore());
}

}  // namespace
}  // namespace parley::storage::cached
