// Several nodes: heads are repeated, answers are confirmed, actors move (docs/architecture.md,
// "Many nodes").

#include "chat/testing/chat_nodes.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::chat {
namespace {

using storage::memory::ReadKind;
using testing::Contains;
using testing::Not;

class ChatNodes : public NodesTest {
 protected:
  /// Only this node is to look after anything.
  void Prefer(std::size_t node) { world_->SetFleet({node}); }
  bus::FleetView Only(std::size_t node) {
    return bus::FleetView{{{world_->fleet(node).self(), "node", false}}};
  }
  static std::ptrdiff_t Count(const EventLog& log, const std::string& told) {
    return std::ranges::count(log.told, told);
  }
  std::int64_t Actors(ChatBackend& backend) { return backend.chat().stats().actors; }
};

TEST_F(ChatNodes, TheHeadIsRepeated_TwiceAfterTheLastEvent) {
  const auto bo_hears = two_.Listen(bo_);
  world_->lossy_bus.loses = [](UserId, const bus::Event& event) {
    return event.kind == bus::Event::Kind::kChange;
  };
  EXPECT_EQ(SeqOf(one_.Do(ann_, group_, one_.Text("lost"))), Seq(2));
  EXPECT_EQ(Count(*bo_hears, "change 2"), 0);
  one_.RunUntil([&] { return Count(*bo_hears, "head 2") == 2; });
}

TEST_F(ChatNodes, WhoIsRemoved_IsToldAgain) {
  const auto bo_hears = two_.Listen(bo_);
  EXPECT_EQ(CodeOf(one_.Do(ann_, group_, RemoveMemberCommand{bo_})), StatusCode::kOk);
  one_.RunUntil([&] { return Count(*bo_hears, "left 2") == 3; });
  EXPECT_EQ(Count(*bo_hears, "head 2"), 0) << "the log is no longer theirs";
}

TEST_F(ChatNodes, WhoCameBack_IsNotToldThatTheyLeft) {
  const auto bo_hears = two_.Listen(bo_);
  EXPECT_EQ(CodeOf(one_.Do(ann_, group_, RemoveMemberCommand{bo_})), StatusCode::kOk);
  EXPECT_EQ(CodeOf(one_.Add(ann_, group_, {bo_})), StatusCode::kOk);
  one_.RunUntil([&] { return Count(*bo_hears, "head 3") == 2; });
  EXPECT_EQ(Count(*bo_hears, "left 2"), 1);
}

TEST_F(ChatNodes, WhoStartsAnActor_PublishesTheHead) {
  one_.Chatter(ann_, group_, 3);
  const auto bo_hears = two_.Listen(bo_);
  const Answer mark = two_.Do(bo_, group_, MarkCommand{Seq(2), Seq(2), MarkAnswer::kWhenTaken});
  EXPECT_EQ(CodeOf(mark), StatusCode::kOk);
  EXPECT_THAT(bo_hears->told, Contains("head 4"));
}

TEST_F(ChatNodes, WhereTheBusLosesNothing_NoHeadIsTold) {
  ChatBackend alone;
  const UserId ann = alone.Person("ann");
  const ConversationId group = alone.Group(ann, {});
  const auto hears = alone.Listen(ann);
  alone.Restart();
  EXPECT_EQ(SeqOf(alone.Do(ann, group, alone.Text("1"))), Seq(2));
  EXPECT_EQ(hears->told, std::vector<std::string>{"change 2"});
  EXPECT_EQ(alone.controls().reads(ReadKind::kApplied), 0U);
}

TEST_F(ChatNodes, ElsewherePreferred_AnAnswerWithoutACommit_IsConfirmed) {
  const SendCommand message = one_.Text("1");
  EXPECT_EQ(SeqOf(one_.Do(bo_, group_, message)), Seq(2));
  EXPECT_EQ(CodeOf(two_.Do(ann_, group_, RemoveMemberCommand{bo_})), StatusCode::kOk);
  // The first still believes that bob is a member, and while it is the preferred one it may.
  world_->fleet(0).SetView(Only(0), TestFleet::Notice::kNone);
  EXPECT_EQ(CodeOf(one_.Do(bo_, group_, message)), StatusCode::kOk);
  world_->fleet(0).SetView(Only(1), TestFleet::Notice::kNone);
  EXPECT_EQ(CodeOf(one_.Do(bo_, group_, message)), StatusCode::kNotFound);
}

TEST_F(ChatNodes, ARefusal_IsConfirmed_OnThePreferredNodeToo) {
  EXPECT_EQ(SeqOf(one_.Do(ann_, group_, one_.Text("1"))), Seq(2));
  EXPECT_EQ(CodeOf(two_.Do(ann_, group_, RemoveMemberCommand{bo_})), StatusCode::kOk);
  EXPECT_EQ(CodeOf(one_.Do(bo_, group_, one_.Text("out"))), StatusCode::kNotFound);
  two_.Add(ann_, group_, {bo_});
  // The first did not hear of it: the second did not reach it.
  world_->fleet(0).SetView(Only(0), TestFleet::Notice::kNone);
  EXPECT_EQ(CodeOf(one_.Do(bo_, group_, one_.Text("back"))), StatusCode::kOk);
}

TEST_F(ChatNodes, AnActorThatOthersAreToLookAfter_GoesWhenItIsQuiet) {
  EXPECT_EQ(CodeOf(one_.Do(bo_, group_, MarkCommand{Seq(1), Seq(1), MarkAnswer::kWhenTaken})),
            StatusCode::kOk);
  EXPECT_EQ(Actors(one_), 1);
  one_.controls().HoldCommits();
  const Answer held = one_.SubmitHeld(ann_, group_, one_.Text("held"));
  Prefer(1);
  world_->RunUntilIdle();
  EXPECT_EQ(Actors(one_), 1) << "it has something under way";
  one_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(one_.Await(held)), Seq(2));
  one_.RunUntil([&] { return Actors(one_) == 0; });
  EXPECT_EQ(two_.Get(bo_, group_).own.position.read, Seq(1)) << "positions are written";
}

TEST_F(ChatNodes, WhoDrains_KeepsNoActor) {
  EXPECT_EQ(SeqOf(one_.Do(ann_, group_, one_.Text("1"))), Seq(2));
  const auto bo_hears = two_.Listen(bo_);
  world_->fleet(0).SetDraining(true);
  one_.RunUntil([&] { return Actors(one_) == 0; });
  EXPECT_GE(Count(*bo_hears, "head 2"), 1) << "what was to be repeated later is told at once";
}

TEST_F(ChatNodes, DropAll_ForgetsWhatIsBelieved) {
  Prefer(0);
  const SendCommand message = one_.Text("1");
  EXPECT_EQ(SeqOf(one_.Do(bo_, group_, message)), Seq(2));
  EXPECT_EQ(CodeOf(two_.Do(ann_, group_, RemoveMemberCommand{bo_})), StatusCode::kOk);
  one_.chat().DropAll();
  EXPECT_EQ(CodeOf(one_.Do(bo_, group_, message)), StatusCode::kNotFound);
}

TEST_F(ChatNodes, ChangesTellHowManyMembersThereAre_AndWhatIsMomentary_WhomItLeavesOut) {
  class Keeper : public bus::Subscriber {
   public:
    void OnEvent(const bus::EventPtr& event) override { events.push_back(event); }
    std::vector<bus::EventPtr> events;
  } keeper;
  std::unique_ptr<bus::Subscription> subscription;
  two_.On([&] { subscription = world_->bus().Subscribe(bo_, keeper); });
  one_.Do(ann_, group_, TypingCommand{1, true});
  one_.Do(ann_, group_, one_.Text("1"));
  bool typing = false;
  for (const bus::EventPtr& event : keeper.events) {
    if (event->kind == bus::Event::Kind::kChange) EXPECT_EQ(event->members, 3U);
    if (event->kind == bus::Event::Kind::kMomentary) {
      typing = true;
      EXPECT_EQ(event->except, ann_);
    }
  }
  EXPECT_TRUE(typing);
  two_.On([&] { subscription.reset(); });
}

TEST_F(ChatNodes, WhoBecomesOneOfMany_IsToldByName) {
  const ConversationId group = one_.Group(ann_, one_.People("p", bus::kLargeConversation - 2));
  EXPECT_EQ(CodeOf(one_.Add(ann_, group, {cy_})), StatusCode::kOk);
  const auto cy_hears = two_.Listen(cy_);
  EXPECT_EQ(CodeOf(one_.Add(ann_, group, {bo_})), StatusCode::kOk);
  EXPECT_THAT(cy_hears->told, Not(Contains("change 3"))) << "that goes to those who follow";
  one_.RunUntil([&] { return Count(*cy_hears, "head 3") >= 2; });
}

TEST_F(ChatNodes, WhoComesToManyOthers_IsToldAgainByName) {
  const ConversationId group = one_.Group(ann_, one_.People("p", bus::kLargeConversation + 5));
  const auto cy_hears = two_.Listen(cy_);
  world_->lossy_bus.loses = [](UserId, const bus::Event& event) {
    return event.kind == bus::Event::Kind::kChange;
  };
  // The other node knows it as a large one from the beginning: nobody has just become one of many.
  EXPECT_EQ(CodeOf(two_.Add(ann_, group, {cy_})), StatusCode::kOk);
  one_.RunUntil([&] { return Count(*cy_hears, "head 2") == 2; });
}

}  // namespace
}  // namespace parley::chat
