// ChatService: commands see what comes before them, nothing is visible before it is durable, and
// what a failed commit leaves (docs/architecture.md, promises I1 and I2).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/conversation_actor.h"
#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using storage::AppendOutcome;
using storage::memory::ReadKind;
using storage::memory::Written;
using testing::ElementsAre;
using testing::IsEmpty;

class ChatDurability : public ChatTest {
 protected:
  const ConversationId group_ = backend_.Group(ann_, {bo_, cy_});
};

TEST_F(ChatDurability, RemoveThenSendByTheRemoved_IsRefused_OnceTheRemovalIsDurable) {
  backend_.controls().HoldCommits();
  const Answer removal = backend_.SubmitHeld(ann_, group_, RemoveMemberCommand{bo_});
  const Answer send = backend_.Submit(bo_, group_, backend_.Text("still here?"));
  EXPECT_EQ(CodeOf(removal), StatusCode::kCancelled);
  EXPECT_EQ(CodeOf(send), StatusCode::kCancelled) << "its refusal rests on the removal";
  EXPECT_EQ(backend_.GetCode(bo_, group_), StatusCode::kOk) << "nobody is gone yet";

  backend_.controls().ReleaseCommits();
  EXPECT_EQ(CodeOf(backend_.Await(removal)), StatusCode::kOk);
  EXPECT_EQ(CodeOf(backend_.Await(send)), StatusCode::kNotFound);
  EXPECT_EQ(backend_.GetCode(bo_, group_), StatusCode::kNotFound);
  EXPECT_THAT(backend_.Texts(ann_, group_), IsEmpty());
}

TEST_F(ChatDurability, RemoveThenSendByTheRemoved_WhereTheRemovalFails_BothAreUnavailable) {
  backend_.controls().HoldCommits();
  backend_.controls().FailNextAppend(AppendOutcome::kRefused);
  const Answer removal = backend_.SubmitHeld(ann_, group_, RemoveMemberCommand{bo_});
  const Answer send = backend_.Submit(bo_, group_, backend_.Text("still here?"));
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(CodeOf(backend_.Await(removal)), StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(backend_.Await(send)), StatusCode::kUnavailable);
  EXPECT_EQ(SeqOf(backend_.Do(bo_, group_, backend_.Text("yes"))), Seq(2));
}

TEST_F(ChatDurability, AddThenSendByTheNewcomer_BothBehindOneSync_Succeed) {
  const UserId dee = backend_.Person("dee");
  const auto users = backend_.Run(backend_.store().accounts().FindUsers({dee}));
  backend_.controls().HoldCommits();
  const Answer added = backend_.SubmitHeld(ann_, group_, AddMembersCommand{*users});
  const Answer send = backend_.Submit(dee, group_, backend_.Text("hello"));
  EXPECT_EQ(backend_.GetCode(dee, group_), StatusCode::kNotFound);
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(added)), Seq(2));
  EXPECT_EQ(SeqOf(backend_.Await(send)), Seq(3));
}

TEST_F(ChatDurability, WhileACommitIsHeld_NothingOfItIsSeen) {
  const auto bo_hears = backend_.Listen(bo_);
  backend_.controls().HoldCommits();
  const Answer send = backend_.SubmitHeld(ann_, group_, backend_.Text("@bob psst"));
  EXPECT_EQ(CodeOf(send), StatusCode::kCancelled);
  EXPECT_THAT(bo_hears->told, IsEmpty());
  EXPECT_THAT(backend_.Texts(bo_, group_), IsEmpty());
  EXPECT_EQ(backend_.Head(bo_, group_), Seq(1));
  EXPECT_EQ(backend_.Get(bo_, group_).unread_count, 0U);
  const auto changes = backend_.Run(backend_.chat().ReadChanges(bo_, group_, Seq(1), 10));
  EXPECT_THAT(changes->items, IsEmpty());
  EXPECT_EQ(changes->last_seq, Seq(1));
  // Nor may anybody point at it.
  EXPECT_EQ(backend_.Run(backend_.chat().ReadChanges(bo_, group_, Seq(2), 10))->reset, true);

  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(send)), Seq(2));
  EXPECT_THAT(bo_hears->told, ElementsAre("change 2"));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("@bob psst"));
}

TEST_F(ChatDurability, WhatGathersBehindASync_IsOneAppend_InOrder) {
  const auto before = backend_.store().commit_stats();
  backend_.controls().HoldCommits();
  std::vector<Answer> answers{backend_.SubmitHeld(ann_, group_, backend_.Text("0"))};
  for (int i = 1; i <= 40; ++i) {
    answers.push_back(
        backend_.Submit(i % 2 == 0 ? ann_ : bo_, group_, backend_.Text(std::to_string(i))));
  }
  backend_.controls().ReleaseCommits();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(SeqOf(backend_.Await(answers[i])), Seq(2 + i));
  }
  const auto after = backend_.store().commit_stats();
  EXPECT_EQ(after.requests - before.requests, 2U);
  EXPECT_EQ(after.entries - before.entries, 41U);
}

TEST_F(ChatDurability, Refused_TheNextGoesOnWithoutAHole) {
  backend_.controls().FailNextAppend(AppendOutcome::kRefused);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, backend_.Text("lost"))), StatusCode::kUnavailable);
  EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, backend_.Text("kept"))), Seq(2));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("kept"));
}

TEST_F(ChatDurability, Refused_TheSameClientIdMayTryAgain) {
  const SendCommand message = backend_.Text("once");
  backend_.controls().FailNextAppend(AppendOutcome::kRefused);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, message)), StatusCode::kUnavailable);
  const Answer again = backend_.Do(ann_, group_, message);
  EXPECT_EQ(SeqOf(again), Seq(2));
  EXPECT_FALSE((**again)->existed);
}

TEST_F(ChatDurability, Conflict_RunsTheCommandAgain) {
  backend_.controls().FailNextAppend(AppendOutcome::kConflict);
  EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, backend_.Text("once"))), Seq(2));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("once"));
}

TEST_F(ChatDurability, Conflict_KeepsTheOrderOfWhatWaited) {
  backend_.controls().HoldCommits();
  backend_.controls().FailNextAppend(AppendOutcome::kConflict);
  const Answer first = backend_.SubmitHeld(ann_, group_, backend_.Text("first"));
  const Answer leave = backend_.Submit(bo_, group_, RemoveMemberCommand{bo_});
  const Answer late = backend_.Submit(bo_, group_, backend_.Text("late"));
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(first)), Seq(2));
  EXPECT_EQ(SeqOf(backend_.Await(leave)), Seq(3));
  EXPECT_EQ(CodeOf(backend_.Await(late)), StatusCode::kNotFound);
}

TEST_F(ChatDurability, Conflict_WithoutEnd_IsRefusedAfterAFewRuns) {
  for (int i = 0; i < 9; ++i) backend_.controls().FailNextAppend(AppendOutcome::kConflict);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, backend_.Text("once"))), StatusCode::kUnavailable);
}

TEST_F(ChatDurability, Unknown_AndNotWritten_IsSentOnce) {
  backend_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kNo);
  EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, backend_.Text("once"))), Seq(2));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("once"));
  EXPECT_EQ(backend_.Head(bo_, group_), Seq(2));
}

TEST_F(ChatDurability, Unknown_ButWritten_IsSentOnce) {
  backend_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kYes);
  EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, backend_.Text("once"))), Seq(2));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("once"));
  EXPECT_EQ(SeqOf(backend_.Do(bo_, group_, backend_.Text("next"))), Seq(3));
}

TEST_F(ChatDurability, Load_ThatFails_RefusesWhatWaited_AndTheNextLoadsAgain) {
  backend_.Restart();
  backend_.controls().FailReads(Unavailable("the disk is gone"));
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, backend_.Text("1"))), StatusCode::kUnavailable);
  backend_.controls().FailReads(Status::Ok());
  EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, backend_.Text("2"))), Seq(2));
}

TEST_F(ChatDurability, CommandsWhileLoading_RunInTheirOrder) {
  backend_.Restart();
  backend_.controls().HoldReads();
  std::vector<Answer> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(backend_.Submit(ann_, group_, backend_.Text("x")));
  EXPECT_EQ(CodeOf(answers[0]), StatusCode::kCancelled);
  backend_.controls().ReleaseReads();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(SeqOf(backend_.Await(answers[i])), Seq(2 + i));
  }
}

TEST_F(ChatDurability, Queue_IsBounded) {
  backend_.controls().HoldCommits();
  std::vector<Answer> taken{backend_.SubmitHeld(ann_, group_, backend_.Text("0"))};
  for (std::size_t i = 1; i < ConversationActor::kMaxQueued; ++i) {
    taken.push_back(backend_.Submit(ann_, group_, backend_.Text("x")));
  }
  EXPECT_EQ(CodeOf(backend_.Submit(ann_, group_, backend_.Text("one too many"))),
            StatusCode::kUnavailable);
  EXPECT_EQ(backend_.chat().stats().refused_by_conversation, 1U);
  EXPECT_EQ(CodeOf(taken.back()), StatusCode::kCancelled);
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(taken.back())), Seq(1 + ConversationActor::kMaxQueued));
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, backend_.Text("room again"))), StatusCode::kOk);
}

TEST_F(ChatDurability, WhatDoesNotExist_KeepsNoActor) {
  const ConversationId nowhere(Uuid(Uuid::Bytes{42}));
  EXPECT_EQ(CodeOf(backend_.Do(ann_, nowhere, backend_.Text("x"))), StatusCode::kNotFound);
  const auto before = backend_.controls().reads(ReadKind::kSnapshot);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, nowhere, MarkCommand{Seq(1), Seq()})), StatusCode::kNotFound);
  EXPECT_EQ(backend_.controls().reads(ReadKind::kSnapshot), before + 1) << "an actor was kept";
}

TEST_F(ChatDurability, AddingMany_TakesSeveralEntries_AndIsAnsweredWithTheLast) {
  const std::vector<UserId> many = backend_.People("p", 450);
  const auto ann_hears = backend_.Listen(ann_);
  const auto users = backend_.Run(backend_.store().accounts().FindUsers(many));
  backend_.controls().HoldCommits();
  const Answer added = backend_.SubmitHeld(ann_, group_, AddMembersCommand{*users});
  const Answer late = backend_.Submit(many.back(), group_, backend_.Text("hello"));
  EXPECT_EQ(CodeOf(added), StatusCode::kCancelled);
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(added)), Seq(4));
  EXPECT_EQ(SeqOf(backend_.Await(late)), Seq(5));
  EXPECT_THAT(ann_hears->told, ElementsAre("change 2", "change 3", "change 4", "change 5"));
  for (const std::string& change : ann_hears->changes) {
    EXPECT_LT(change.size(), Limits().frame_bytes);
  }
  EXPECT_EQ(backend_.Get(ann_, group_).snapshot->members->size(), 453U);
}

TEST_F(ChatDurability, AddingMany_ThatFails_IsAnsweredOnce) {
  const std::vector<UserId> many = backend_.People("p", 250);
  backend_.controls().FailNextAppend(AppendOutcome::kRefused);
  EXPECT_EQ(CodeOf(backend_.Add(ann_, group_, many)), StatusCode::kUnavailable);
  EXPECT_EQ(SeqOf(backend_.Add(ann_, group_, many)), Seq(3));
}

TEST_F(ChatDurability, AddingMany_RunAgain_AddsEachOnce) {
  const std::vector<UserId> many = backend_.People("p", 250);
  backend_.controls().FailNextAppend(AppendOutcome::kConflict);
  EXPECT_EQ(SeqOf(backend_.Add(ann_, group_, many)), Seq(3));
  backend_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kYes);
  EXPECT_EQ(CodeOf(backend_.Add(ann_, group_, backend_.People("q", 250))), StatusCode::kOk);
  EXPECT_EQ(backend_.Get(ann_, group_).snapshot->members->size(), 503U);
  EXPECT_EQ(backend_.Head(ann_, group_), Seq(5));
}

}  // namespace
}  // namespace parley::chat
