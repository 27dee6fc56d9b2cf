// ChatService: how far people have come.

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ChatPositions : public ChatTest {
 protected:
  ChatPositions() { backend_.Chatter(ann_, group_, 9); }  // seq 2 to 10

  Status MarkRead(UserId user, std::uint64_t seq) {
    return backend_.Run(backend_.chat().MarkRead(user, group_, Seq(seq)));
  }
  Seq Stored(UserId user) { return backend_.Get(user, group_).own.position.read; }
  static MarkCommand Read(std::uint64_t seq, MarkAnswer answer = MarkAnswer::kWhenTaken) {
    return {Seq(seq), Seq(), answer};
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_});
};

TEST_F(ChatPositions, MarkRead_IsStoredWhenAnswered_AndToldToOnesDevices) {
  const auto bo_hears = backend_.Listen(bo_);
  const auto ann_hears = backend_.Listen(ann_);
  EXPECT_TRUE(MarkRead(bo_, 5).ok());
  EXPECT_EQ(Stored(bo_), Seq(5));
  EXPECT_EQ(backend_.Get(bo_, group_).own.position.read_n, 4U);
  EXPECT_EQ(backend_.Get(bo_, group_).unread_count, 5U);
  EXPECT_THAT(bo_hears->told, ElementsAre("inbox 0"));
  EXPECT_THAT(ann_hears->told, IsEmpty());
}

TEST_F(ChatPositions, MarkRead_NeverGoesBack) {
  EXPECT_TRUE(MarkRead(bo_, 5).ok());
  EXPECT_TRUE(MarkRead(bo_, 3).ok());
  EXPECT_EQ(Stored(bo_), Seq(5));
}

TEST_F(ChatPositions, MarkRead_BeyondTheEnd_IsInvalid) {
  EXPECT_TRUE(MarkRead(bo_, 10).ok());
  EXPECT_EQ(MarkRead(bo_, 11).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(backend_.Do(bo_, group_, MarkCommand{Seq(), Seq(11)})),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Stored(bo_), Seq(10));
}

TEST_F(ChatPositions, Marks_AreWrittenAtMostOnceASecond) {
  EXPECT_EQ(CodeOf(backend_.Do(bo_, group_, Read(3))), StatusCode::kOk);
  EXPECT_EQ(Stored(bo_), Seq(3)) << "the first at once";
  for (std::uint64_t seq = 4; seq <= 8; ++seq) backend_.Do(bo_, group_, Read(seq));
  EXPECT_EQ(Stored(bo_), Seq(3)) << "those that follow wait";
  const Answer written = backend_.Submit(bo_, group_, Read(9, MarkAnswer::kWhenWritten));
  EXPECT_EQ(CodeOf(written), StatusCode::kCancelled);
  EXPECT_EQ(CodeOf(backend_.Await(written)), StatusCode::kOk);
  EXPECT_EQ(Stored(bo_), Seq(9));
}

TEST_F(ChatPositions, Marks_OfOthers_DoNotWaitForEachOther) {
  EXPECT_TRUE(MarkRead(bo_, 3).ok());
  backend_.Add(ann_, group_, {cy_});
  EXPECT_TRUE(MarkRead(cy_, 11).ok());
  EXPECT_EQ(Stored(cy_), Seq(11));
}

TEST_F(ChatPositions, Sending_MovesOnesOwn) {
  EXPECT_EQ(Stored(ann_), Seq(10));
  backend_.Do(bo_, group_, backend_.Text("all read"));
  EXPECT_EQ(Stored(bo_), Seq(11));
  EXPECT_EQ(backend_.Get(bo_, group_).unread_count, 0U);
}

TEST_F(ChatPositions, Delivered_IsShownToMembers) {
  backend_.Do(bo_, group_, MarkCommand{Seq(), Seq(7), MarkAnswer::kWhenTaken});
  const auto members = backend_.Run(backend_.chat().ListMembers(ann_, group_, {}));
  for (const MemberView& member : members->items) {
    if (member.user.id == bo_) {
      EXPECT_EQ(member.position, (Position{Seq(), 0, Seq(7)}));
    }
  }
}

TEST_F(ChatPositions, OfAnOldMessage_AreLookedUp) {
  backend_.Chatter(ann_, group_, 300);
  backend_.Restart();
  EXPECT_TRUE(MarkRead(bo_, 4).ok());
  EXPECT_EQ(backend_.Get(bo_, group_).own.position.read_n, 3U);
}

TEST_F(ChatPositions, AreKnownAfterARestart) {
  EXPECT_TRUE(MarkRead(bo_, 5).ok());
  backend_.Restart();
  const auto bo_hears = backend_.Listen(bo_);
  EXPECT_TRUE(MarkRead(bo_, 5).ok());
  EXPECT_THAT(bo_hears->told, IsEmpty()) << "nothing rose";
}

TEST_F(ChatPositions, OfWhoseJoiningIsNotDurable_AreNotTaken) {
  const auto users = backend_.Run(backend_.store().accounts().FindUsers({cy_}));
  backend_.controls().HoldCommits();
  backend_.controls().FailNextAppend(storage::AppendOutcome::kRefused);
  const Answer added = backend_.SubmitHeld(ann_, group_, AddMembersCommand{*users});
  const Answer mark =
      backend_.Submit(cy_, group_, MarkCommand{Seq(), Seq(10), MarkAnswer::kWhenWritten});
  EXPECT_EQ(CodeOf(mark), StatusCode::kCancelled) << "nothing of it may be told yet";
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(CodeOf(backend_.Await(added)), StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(backend_.Await(mark)), StatusCode::kUnavailable);
  // The seq of the joining that failed is given to another one: it begins with nothing.
  EXPECT_EQ(SeqOf(backend_.Add(ann_, group_, {cy_})), Seq(11));
  EXPECT_EQ(backend_.Get(cy_, group_).own.position, Position());
}

TEST_F(ChatPositions, ThatWait_OutliveAFailedCommit) {
  EXPECT_TRUE(MarkRead(bo_, 3).ok());
  backend_.Do(bo_, group_, Read(8));
  EXPECT_EQ(Stored(bo_), Seq(3));
  backend_.controls().FailNextAppend(storage::AppendOutcome::kRefused);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, backend_.Text("lost"))), StatusCode::kUnavailable);
  backend_.RunUntil([&] { return Stored(bo_) == Seq(8); });
}

TEST(ChatStop, WritesThePositionsThatWait_AndLetsNoMoreIn) {
  ChatBackend backend;
  const UserId ann = backend.Person("ann");
  const UserId bo = backend.Person("bob");
  const ConversationId group = backend.Group(ann, {bo});
  backend.Chatter(ann, group, 5);
  backend.Do(bo, group, MarkCommand{Seq(2), Seq(), MarkAnswer::kWhenTaken});
  backend.Do(bo, group, MarkCommand{Seq(4), Seq(), MarkAnswer::kWhenTaken});
  bool stopped = false;
  std::thread stopper([&] {
    backend.chat().Stop();
    backend.shard().Post([&] { stopped = true; });
  });
  backend.RunUntil([&] { return stopped; });
  stopper.join();
  EXPECT_EQ(backend.Get(bo, group).own.position.read, Seq(4));
  EXPECT_EQ(CodeOf(backend.Do(ann, group, backend.Text("late"))), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace parley::chat
