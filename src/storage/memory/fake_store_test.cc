#include "storage/memory/fake_store.h"

#include <future>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "storage/testing/store_contract.h"

namespace parley::storage {
namespace {

class FakeFactory : public StoreFactory {
 public:
  StoreTraits traits() const override { return {.persistent = false, .local = true}; }
  std::unique_ptr<Store> Open() override { return std::make_unique<memory::FakeStore>(); }
};

PARLEY_INSTANTIATE_STORE_CONTRACT(Fake, [] { return std::make_unique<FakeFactory>(); });

class DistributedFakeFactory : public StoreFactory {
 public:
  StoreTraits traits() const override { return {.persistent = false, .local = false}; }
  std::unique_ptr<Store> Open() override {
    return std::make_unique<memory::FakeStore>(memory::Form::kDistributed);
  }
};

PARLEY_INSTANTIATE_STORE_CONTRACT(DistributedFake,
                                  [] { return std::make_unique<DistributedFakeFactory>(); });

}  // namespace
}  // namespace parley::storage

namespace parley::storage::memory {
namespace {

std::future<AppendOutcome> Append(FakeStore& store, std::shared_ptr<const AppendRequest> request) {
  auto answer = std::make_shared<std::promise<AppendOutcome>>();
  store.conversations().Append(std::move(request),
                               [answer](AppendOutcome outcome) { answer->set_value(outcome); });
  return answer->get_future();
}

SnapshotPtr Snapshot(FakeStore& store, ConversationId id) {
  runtime::Shard shard;
  auto snapshot = runtime::RunTask(shard, store.conversations().ReadSnapshot(id, ReadMode::kFresh));
  return snapshot.ok() ? *snapshot : nullptr;
}

TEST(FakeStore, HoldCommits_ShowsNothingUntilReleased) {
  FakeStore store;
  LogBuilder log({NewId<UserId>()});
  store.controls().HoldCommits();
  std::future<AppendOutcome> answer = Append(store, log.Take());
  EXPECT_EQ(store.controls().appends_under_way(), 1U);
  EXPECT_EQ(Snapshot(store, log.id()), nullptr);
  store.controls().ReleaseCommits();
  EXPECT_EQ(answer.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(store.controls().appends_under_way(), 0U);
  EXPECT_NE(Snapshot(store, log.id()), nullptr);
}

TEST(FakeStore, FailNextAppend_FailsOne_AndWritesAsTold) {
  FakeStore store;
  using enum AppendOutcome;
  for (const AppendOutcome outcome : {kRefused, kConflict, kUnknown}) {
    LogBuilder log({NewId<UserId>()});
    store.controls().FailNextAppend(outcome);
    const auto request = log.Take();
    EXPECT_EQ(Append(store, request).get(), outcome);
    EXPECT_EQ(Snapshot(store, log.id()), nullptr);
    EXPECT_EQ(Append(store, request).get(), kCommitted);
  }
  LogBuilder log({NewId<UserId>()});
  store.controls().FailNextAppend(kUnknown, Written::kYes);
  EXPECT_EQ(Append(store, log.Take()).get(), kUnknown);
  EXPECT_NE(Snapshot(store, log.id()), nullptr);
}

TEST(DistributedFakeStore, StopNextAppend_LeavesWhatWasDoneBefore) {
  FakeClock clock;
  const UserId user = NewId<UserId>();
  // Listed; entries; one member; info; watermark.
  for (std::size_t steps = 0; steps <= 5; ++steps) {
    FakeStore store(Form::kDistributed, clock);
    runtime::Shard shard;
    LogBuilder log({user}, "a title");
    store.controls().StopNextAppend(steps, StoppedAnswer::kUnknown);
    EXPECT_EQ(Append(store, log.Take()).get(),
              steps < 5 ? AppendOutcome::kUnknown : AppendOutcome::kCommitted);
    EXPECT_EQ(store.controls().stopped_appends(), steps < 5 ? 1U : 0U);
    const auto listed = runtime::RunTask(
        shard,
        store.conversations().ListActive(ToMillis(clock.Now()) / 60'000, ActiveShardOf(log.id())));
    EXPECT_EQ(listed->size(), steps >= 1 ? 1U : 0U);
    const SnapshotPtr snapshot = Snapshot(store, log.id());
    EXPECT_EQ(snapshot != nullptr, steps >= 2);
    if (snapshot) {
      EXPECT_EQ(snapshot->head, log.head());
      EXPECT_EQ(snapshot->info, log.info());
      EXPECT_EQ(snapshot->members->size(), steps >= 3 ? 1U : 0U);
    }
    EXPECT_EQ(*runtime::RunTask(shard, store.conversations().ReadApplied(log.id())),
              steps >= 5 ? Seq(1) : Seq());
  }
}

TEST(DistributedFakeStore, StopNextAppend_OfTheDead_IsNeverAnswered) {
  FakeStore store(Form::kDistributed);
  LogBuilder log({NewId<UserId>()});
  store.controls().StopNextAppend(2, StoppedAnswer::kNever);
  std::future<AppendOutcome> answer = Append(store, log.Take());
  while (store.controls().appends_under_way() > 0) std::this_thread::yield();
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_NE(Snapshot(store, log.id()), nullptr);
}

TEST(FakeStore, HoldReads_AnswersWithWhatWasThere) {
  FakeStore store;
  LogBuilder log({NewId<UserId>()});
  ASSERT_EQ(Append(store, log.Take()).get(), AppendOutcome::kCommitted);

  store.controls().HoldReads();
  runtime::Shard shard;
  std::optional<Seq> seen;
  runtime::Spawn(
      shard, "test",
      [](FakeStore& from, ConversationId id, std::optional<Seq>& out) -> runtime::Task<void> {
        out = (*co_await from.conversations().ReadSnapshot(id, ReadMode::kCached))->head.seq;
      }(store, log.id(), seen));
  shard.RunUntilIdle();
  EXPECT_EQ(store.controls().held_reads(), 1U);
  log.Title("later");
  ASSERT_EQ(Append(store, log.Take()).get(), AppendOutcome::kCommitted);
  EXPECT_EQ(seen, std::nullopt);
  store.controls().ReleaseReads();
  shard.RunUntilIdle();
  EXPECT_EQ(seen, Seq(1));
  EXPECT_EQ(Snapshot(store, log.id())->head.seq, Seq(2));
  EXPECT_EQ(store.controls().reads(ReadKind::kSnapshot), 2U);
}

TEST(FakeStore, FailReads_UntilTold) {
  FakeStore store;
  runtime::Shard shard;
  store.controls().FailReads(Unavailable("the disk is gone"));
  const UserId user = NewId<UserId>();
  EXPECT_EQ(runtime::RunTask(shard, store.accounts().FindUser(user)).status().code(),
            StatusCode::kUnavailable);
  store.controls().FailReads(Status::Ok());
  EXPECT_EQ(runtime::RunTask(shard, store.accounts().FindUser(user)).status().code(),
            StatusCode::kNotFound);
}

}  // namespace
}  // namespace parley::storage::memory
