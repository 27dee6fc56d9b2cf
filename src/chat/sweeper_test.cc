// A node dies between a commit and what follows from it, and whoever asked for it is gone too: the
// sweeper of another one finds it (docs/architecture.md, section 8).

#include "chat/sweeper.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/testing/chat_nodes.h"
#include "runtime/spawn.h"

namespace parley::chat {
namespace {

using storage::memory::ReadKind;
using storage::memory::StoppedAnswer;
using testing::Contains;

class SweeperTest : public NodesTest {
 protected:
  /// The first node dies after so many steps of storing this.
  void DieAfter(std::size_t steps, UserId caller, CommandBody body) {
    one_.controls().StopNextAppend(steps, StoppedAnswer::kNever);
    one_.Submit(caller, group_, std::move(body));
    one_.RunUntil([&] { return one_.controls().stopped_appends() == 1; });
    world_->Stand(0, true);
    world_->SetFleet({1});
  }
  void Sweep(Sweeper& sweeper) {
    bool over = false;
    two_.On([&] {
      runtime::Spawn(two_.shard(), "test", [](Sweeper* of, bool* done) -> runtime::Task<void> {
        co_await of->Sweep();
        *done = true;
      }(&sweeper, &over));
    });
    two_.RunUntil([&] { return over; });
  }
  SweeperDependencies Dependencies() {
    SweeperDependencies dependencies;
    dependencies.shard = &two_.shard();
    dependencies.store = &two_.store();
    dependencies.fleet = &world_->fleet(1);
    dependencies.bus = &world_->bus();
    dependencies.clock = &two_.clock();
    dependencies.fingerprint_key.fill(1);
    dependencies.interval = std::chrono::milliseconds(5);
    dependencies.interval_alone = std::chrono::milliseconds(5);
    return dependencies;
  }

  Sweeper sweeper_{Dependencies()};
};

TEST_F(SweeperTest, WhatADeadNodeLeft_IsFinishedAndTold_Once) {
  DieAfter(2, ann_, one_.Text("my last words"));
  const auto bo_hears = two_.Listen(bo_);
  Sweep(sweeper_);
  EXPECT_THAT(bo_hears->told, Contains("head 2"));
  EXPECT_EQ(*two_.Run(two_.store().conversations().ReadApplied(group_)), Seq(2));
  EXPECT_EQ(sweeper_.stats().finished, 1U);
  EXPECT_EQ(sweeper_.stats().told, 1U);
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().told, 1U);
  EXPECT_EQ(bo_hears->told.size(), 1U);
}

TEST_F(SweeperTest, ARemovalThatWasStored_AndNotTold_IsTold) {
  // Listed, entry, one member: the watermark alone is missing.
  DieAfter(3, ann_, RemoveMemberCommand{bo_});
  const auto bo_hears = two_.Listen(bo_);
  Sweep(sweeper_);
  EXPECT_THAT(bo_hears->told, testing::ElementsAre("left 2"));
}

TEST_F(SweeperTest, OfWhatWasStoredWhole_TheHeadIsTold_AndWhoLeft) {
  one_.Do(ann_, group_, RemoveMemberCommand{bo_});
  world_->Stand(0, true);
  world_->SetFleet({1});
  const auto ann_hears = two_.Listen(ann_);
  const auto bo_hears = two_.Listen(bo_);
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().finished, 0U);
  EXPECT_THAT(ann_hears->told, testing::ElementsAre("head 2"));
  EXPECT_THAT(bo_hears->told, testing::ElementsAre("left 2"));
}

TEST_F(SweeperTest, WhoCameToManyOthers_IsToldByName) {
  const ConversationId group = one_.Group(ann_, one_.People("p", bus::kLargeConversation + 5));
  EXPECT_EQ(CodeOf(one_.Add(ann_, group, {cy_})), StatusCode::kOk);
  world_->Stand(0, true);
  world_->SetFleet({1});
  const auto cy_hears = two_.Listen(cy_);
  Sweep(sweeper_);
  EXPECT_THAT(cy_hears->told, Contains("head 2"));
}

TEST_F(SweeperTest, BehindMuchText_ARemovalIsTold) {
  for (int i = 0; i < 20; ++i) one_.Do(ann_, group_, one_.Text(std::string(20'000, 'x')));
  one_.Do(ann_, group_, RemoveMemberCommand{bo_});
  world_->Stand(0, true);
  world_->SetFleet({1});
  const auto bo_hears = two_.Listen(bo_);
  Sweep(sweeper_);
  EXPECT_THAT(bo_hears->told, testing::ElementsAre("left 22"));
}

TEST_F(SweeperTest, AnotherNodesShards_AreLeftToIt_ButForWhenTheBusIsGone) {
  world_->SetFleet({0});
  world_->Stand(0, true);
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().looked_at, 0U);
  world_->fleet(1).SetConnection(Unavailable("the bus is gone"));
  const auto bo_hears = two_.Listen(bo_);
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().looked_at, 1U);
  EXPECT_THAT(bo_hears->told, testing::ElementsAre("head 1"));
}

TEST_F(SweeperTest, WhatWasActiveLongAgo_IsLookedAtNoMore) {
  world_->SetFleet({1});
  two_.clock().Advance(std::chrono::minutes(9));
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().looked_at, 1U);
  two_.clock().Advance(std::chrono::minutes(3));
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().looked_at, 1U);
}

TEST_F(SweeperTest, OfMinutesThatAreOver_NothingIsReadTwice_ButOfTheOldest) {
  world_->SetFleet({1});
  two_.clock().Advance(std::chrono::minutes(1));
  const auto pages_read = [&] {
    const auto before = two_.controls().reads(ReadKind::kActive);
    Sweep(sweeper_);
    return (two_.controls().reads(ReadKind::kActive) - before) / storage::kActiveShards;
  };
  constexpr std::uint64_t kAll = Sweeper::kMinutes + 2;  // the one that is, and the next
  EXPECT_EQ(pages_read(), kAll);
  EXPECT_EQ(pages_read(), 4U);  // the oldest, the last, the one that is, the next
  two_.clock().Advance(std::chrono::minutes(1));
  EXPECT_EQ(pages_read(), 5U);  // the last but one as well, which is over now
  EXPECT_EQ(pages_read(), 4U);
  world_->fleet(1).SetConnection(Unavailable("the bus is gone"));
  EXPECT_EQ(pages_read(), kAll);
  world_->fleet(1).SetConnection(Status::Ok());
  EXPECT_EQ(sweeper_.stats().told, 1U);
}

TEST_F(SweeperTest, WhatIsWrittenLongAfterItsMinute_IsFoundAtLast) {
  constexpr std::chrono::minutes kStoodStill(2);
  world_->SetFleet({1});
  two_.clock().Advance(kStoodStill);
  Sweep(sweeper_);
  // The node had looked at its clock, stood still, and went on.
  two_.clock().Advance(-kStoodStill);
  world_->SetFleet({0});
  DieAfter(2, ann_, one_.Text("my last words"));
  two_.clock().Advance(kStoodStill);
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().finished, 0U);
  two_.clock().Advance(std::chrono::minutes(Sweeper::kMinutes - 2));
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().finished, 1U);
}

TEST_F(SweeperTest, WhatCannotBeRead_IsLookedAtAgain) {
  DieAfter(2, ann_, one_.Text("my last words"));
  two_.controls().FailReads(Unavailable("no quorum"));
  Sweep(sweeper_);
  EXPECT_GT(sweeper_.stats().failed, 0U);
  two_.controls().FailReads(Status::Ok());
  Sweep(sweeper_);
  EXPECT_EQ(sweeper_.stats().finished, 1U);
}

TEST_F(SweeperTest, GoesOver_AgainAndAgain) {
  sweeper_.Start();
  two_.RunUntil([&] { return sweeper_.stats().sweeps >= 2; });
  std::atomic<bool> stopped{false};
  std::thread stopper([&] {
    sweeper_.Stop();
    stopped = true;
  });
  two_.RunUntil([&] { return stopped.load(); });
  stopper.join();
}

}  // namespace
}  // namespace parley::chat
