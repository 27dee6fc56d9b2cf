// ChatService::PlanSync: what a client that comes back has to be told (api.md, "Sync rules").

#include "chat/sync_planner.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/testing/chat_backend.h"
#include "storage/cached/cached_store.h"

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class SyncPlannerTest : public ChatTest {
 protected:
  using Heads = std::vector<std::pair<ConversationId, Seq>>;

  SyncPlannerTest() { backend_.Chatter(ann_, group_, 9); }  // up to seq 10

  SyncPlan Plan(UserId user, Heads heads, std::optional<std::string> cursor = std::nullopt) {
    auto plan = backend_.Run(backend_.chat().PlanSync(user, std::move(heads), std::move(cursor)));
    EXPECT_TRUE(plan.ok()) << plan.status().ToString();
    return plan.ok() ? *std::move(plan) : SyncPlan();
  }
  SyncItem PlanOne(UserId user, std::uint64_t have) {
    SyncPlan plan = Plan(user, {{group_, Seq(have)}});
    EXPECT_THAT(plan.items, SizeIs(1));
    return plan.items.empty() ? SyncItem() : plan.items[0];
  }
  /// A cursor that is told of nothing that happened until now.
  std::string CursorOfNow() {
    backend_.clock().Advance(3min);
    std::string cursor = backend_.chat().MakeCursor(bo_);
    return cursor;
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_});
};

TEST_F(SyncPlannerTest, Behind_GetsWhatIsMissing) {
  const SyncItem item = PlanOne(bo_, 7);
  EXPECT_EQ(item.after, Seq(7));
  EXPECT_EQ(item.last, Seq(10));
  EXPECT_FALSE(item.reset);
}

TEST_F(SyncPlannerTest, Level_NeedsNothing) {
  const SyncPlan plan = Plan(bo_, {{group_, Seq(10)}});
  EXPECT_THAT(plan.items, IsEmpty());
  EXPECT_THAT(plan.level, ElementsAre(std::pair(group_, Seq(10))));
}

TEST_F(SyncPlannerTest, HeadsInAnyOrder_MeetTheConversationsThatTheyAreOf) {
  Heads heads{{group_, Seq(10)}};
  std::vector<ConversationId> strange;
  for (int i = 0; i < 20; ++i) {
    const ConversationId other = backend_.Group(ann_, {bo_});
    heads.emplace_back(other, Seq(i % 2 == 0 ? 1 : 0));
    strange.emplace_back(Uuid::Version7(backend_.clock().Now(), backend_.world().random));
    heads.emplace_back(strange.back(), Seq(5));
  }
  const auto by_id = &Heads::value_type::first;
  std::ranges::sort(heads, std::greater(), by_id);
  heads.push_back(heads.front());  // repeated in a later frame
  const SyncPlan plan = Plan(bo_, heads);
  EXPECT_THAT(plan.level, SizeIs(11));
  EXPECT_THAT(plan.items, SizeIs(10));
  for (const SyncItem& item : plan.items) EXPECT_EQ(item.after, Seq(0));
  EXPECT_THAT(plan.left, testing::UnorderedElementsAreArray(strange));
}

TEST_F(SyncPlannerTest, BeyondAHeadThatIsOld_IsNoReset) {
  // Reads through a cache that does not hear of what is written.
  storage::cached::CachedStore behind(backend_.store());
  SyncPlanner planner(behind, backend_.clock(), auth::CursorSealer(storage::SecretKey{}));
  const auto plan = [&] { return *backend_.Run(planner.Plan(bo_, {{group_, Seq(11)}}, {})); };
  EXPECT_TRUE(plan().items.front().reset) << "nobody has written that yet";
  backend_.Chatter(ann_, group_, 1);
  EXPECT_THAT(plan().level, ElementsAre(std::pair(group_, Seq(11))));
}

TEST_F(SyncPlannerTest, BeyondTheEnd_OrBeforeOnesBeginning_IsReset) {
  EXPECT_TRUE(PlanOne(bo_, 11).reset);
  backend_.Add(ann_, group_, {cy_});
  EXPECT_TRUE(PlanOne(cy_, 9).reset);
  EXPECT_FALSE(PlanOne(cy_, 10).reset);
}

TEST_F(SyncPlannerTest, FiveHundredBehind_IsSent_OneMoreIsReset) {
  backend_.Chatter(ann_, group_, Limits::kSyncMaxChanges - 9);
  EXPECT_FALSE(PlanOne(bo_, 1).reset);
  EXPECT_TRUE(PlanOne(bo_, 0).reset);
}

TEST_F(SyncPlannerTest, WhatOneIsNotIn_IsLeft_WhetherItExistsOrNot) {
  const ConversationId nowhere(Uuid(Uuid::Bytes{42}));
  const SyncPlan plan = Plan(cy_, {{group_, Seq(3)}, {nowhere, Seq(3)}});
  EXPECT_THAT(plan.left, ElementsAre(group_, nowhere));
  EXPECT_THAT(plan.items, IsEmpty());
}

TEST_F(SyncPlannerTest, WithoutACursor_OnlyTheGivenHeadsAreAnswered) {
  EXPECT_THAT(Plan(bo_, {}).items, IsEmpty());
}

TEST_F(SyncPlannerTest, Cursor_FindsWhatTheClientDoesNotKnow) {
  const std::string cursor = CursorOfNow();
  EXPECT_THAT(Plan(bo_, {}, cursor).items, IsEmpty());
  backend_.clock().Advance(1s);
  const ConversationId later = backend_.Group(ann_, {bo_});
  const SyncPlan plan = Plan(bo_, {{group_, Seq(10)}}, cursor);
  ASSERT_THAT(plan.items, SizeIs(1));
  EXPECT_EQ(plan.items[0].conversation, later);
  EXPECT_TRUE(plan.items[0].reset);
}

TEST_F(SyncPlannerTest, Cursor_FindsWhereOnesOwnPositionMoved) {
  const std::string cursor = CursorOfNow();
  backend_.clock().Advance(1s);
  ASSERT_TRUE(backend_.Run(backend_.chat().MarkRead(bo_, group_, Seq(10))).ok());
  const SyncPlan plan = Plan(bo_, {{group_, Seq(10)}}, cursor);
  ASSERT_THAT(plan.items, SizeIs(1));
  EXPECT_EQ(plan.items[0].after, plan.items[0].last);
  EXPECT_FALSE(plan.items[0].reset);
}

TEST_F(SyncPlannerTest, Cursor_FindsWhatWasCommittedWhileItWasMade) {
  // The entry's time is older than the cursor's making: commits take time.
  const ConversationId made = backend_.Group(ann_, {bo_});
  backend_.clock().Advance(1min);
  const std::string cursor = backend_.chat().MakeCursor(bo_);
  const SyncPlan plan = Plan(bo_, {{group_, Seq(10)}}, cursor);
  EXPECT_TRUE(std::any_of(plan.items.begin(), plan.items.end(),
                          [&](const SyncItem& item) { return item.conversation == made; }));
}

TEST_F(SyncPlannerTest, Cursor_DoesNotTellOfAnEmptyDirectOne) {
  const std::string cursor = CursorOfNow();
  const ConversationId direct = backend_.Direct(ann_, bo_);
  EXPECT_THAT(Plan(bo_, {}, cursor).items, IsEmpty());
  backend_.Do(ann_, direct, backend_.Text("hello"));
  EXPECT_THAT(Plan(bo_, {}, cursor).items, SizeIs(1));
}

TEST_F(SyncPlannerTest, Cursor_ForgedOrOfAnother_IsInvalid) {
  for (const std::string& cursor : {std::string("nonsense"), backend_.chat().MakeCursor(ann_)}) {
    const auto plan = backend_.Run(backend_.chat().PlanSync(bo_, {}, cursor));
    EXPECT_EQ(plan.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST_F(SyncPlannerTest, ReadsOneHeadPerConversation_AndNoLog) {
  using storage::memory::ReadKind;
  const auto entries = backend_.controls().reads(ReadKind::kEntries);
  const auto snapshots = backend_.controls().reads(ReadKind::kSnapshots);
  Plan(bo_, {{group_, Seq(1)}}, CursorOfNow());
  EXPECT_EQ(backend_.controls().reads(ReadKind::kEntries), entries);
  EXPECT_EQ(backend_.controls().reads(ReadKind::kSnapshots), snapshots + 1);
}

}  // namespace
}  // namespace parley::chat
