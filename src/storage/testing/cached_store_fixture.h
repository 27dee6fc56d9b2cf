#pragma once

#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"
#include "storage/cached/cached_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::cached {

using memory::ReadKind;

template <class T>
using Pending = std::shared_ptr<std::optional<T>>;

/// A cache over a fake whose reads and commits can be held.
class CachedStoreFixture : public ::testing::Test {
 protected:
  void TearDown() override {
    // What still waits goes on, and ends before what it uses.
    fake_.Stop();
    shard_.RunUntilIdle();
  }

  /// Starts `task` on the shard and lets it come as far as it does.
  template <class T>
  Pending<T> Start(runtime::Task<T> task) {
    auto answer = std::make_shared<std::optional<T>>();
    runtime::Spawn(shard_, "test",
                   [](runtime::Task<T> inner, Pending<T> out) -> runtime::Task<void> {
                     *out = co_await std::move(inner);
                   }(std::move(task), answer));
    shard_.RunUntilIdle();
    return answer;
  }
  /// On a shard of its own: what waits on the other one stays there.
  template <class T>
  static T Run(runtime::Task<T> task) {
    runtime::Shard shard;
    return runtime::RunTask(shard, std::move(task));
  }

  /// Lets held reads go on; on shard_ their answers arrive with its next RunUntilIdle. Until then,
  /// who joins them waits for ever.
  void Release() { controls().ReleaseReads(); }

  static AppendOutcome Append(Store& store, std::shared_ptr<const AppendRequest> request) {
    std::promise<AppendOutcome> answer;
    store.conversations().Append(std::move(request),
                                 [&](AppendOutcome outcome) { answer.set_value(outcome); });
    return answer.get_future().get();
  }
  void Commit(LogBuilder& log) {
    ASSERT_EQ(Append(cached_, log.Take()), AppendOutcome::kCommitted);
  }
  /// Past the cache: as another node would, or before it was there.
  void CommitBeneath(LogBuilder& log) {
    ASSERT_EQ(Append(fake_, log.Take()), AppendOutcome::kCommitted);
  }

  auto ReadSnapshot(ConversationId id, ReadMode mode = ReadMode::kCached) {
    return cached_.conversations().ReadSnapshot(id, mode);
  }
  Seq HeadOf(ConversationId id, ReadMode mode = ReadMode::kCached) {
    return (*Run(ReadSnapshot(id, mode)))->head.seq;
  }
  auto ReadMemberships(UserId user) { return cached_.conversations().ReadMemberships(user); }
  std::vector<EntryPtr> Entries(ConversationId id, Seq after, std::size_t limit = 1'000) {
    return *Run(cached_.conversations().ReadEntries(id, after, limit, 1'000'000));
  }
  memory::Controls& controls() { return fake_.controls(); }
  std::uint64_t reads(ReadKind kind) { return controls().reads(kind); }

  User NewUser() {
    User user;
    user.id = NewId<UserId>();
    user.username = user.id.ToString();
    EXPECT_TRUE(Run(fake_.accounts().CreateUser(user, "hash")).ok());
    return user;
  }
  Session NewSession(UserId user) {
    Session session;
    session.id = NewId<SessionId>();
    session.user = user;
    SystemRandom().Fill(session.token_hash);
    EXPECT_TRUE(Run(fake_.accounts().CreateSession(session)).ok());
    return session;
  }

  runtime::Shard shard_;
  memory::FakeStore fake_;
  CachedStore cached_{fake_};
  const UserId anna_ = NewId<UserId>();
  const UserId ben_ = NewId<UserId>();
};

}  // namespace parley::storage::cached
