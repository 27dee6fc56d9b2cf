// Session: what the bus loses is found, and what comes after somebody left does not reach them
// (promises I4 and I5; docs/architecture.md, "Many nodes").

#include <gmock/gmock.h>

#include "gateway/session.h"
#include "gateway/testing/node_fixture.h"

namespace parley::gateway {
namespace {

using bus::Event;
using chat::ChatWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class SessionCatchUp : public testing::Test {
 protected:
  /// The heads of what was made here are repeated no more.
  SessionCatchUp() { Settle(); }

  /// Connects, and waits for the two comparisons that follow: a message that falls into one is told
  /// by the conversation, not as a change.
  std::unique_ptr<TestClient> ConnectAtRest(UserId user) {
    const std::uint64_t compared = two_.stats().catch_ups;
    auto client = two_.Connect(user);
    one_.backend.RunUntil([&] { return two_.stats().catch_ups > compared + 1; });
    world_->RunUntilIdle();
    return client;
  }

  void Lose(std::function<bool(UserId, const Event&)> loses) {
    world_->lossy_bus.loses = std::move(loses);
  }
  void LoseAll() {
    Lose([](UserId, const Event&) { return true; });
  }
  void LoseNothing() { Lose(nullptr); }
  std::uint64_t Send(UserId sender, ConversationId conversation) {
    return SeqOf(one_.backend.Do(sender, conversation, one_.backend.Text("hello"))).value();
  }
  void Do(UserId who, ConversationId conversation, chat::CommandBody body) {
    EXPECT_EQ(CodeOf(one_.backend.Do(who, conversation, std::move(body))), StatusCode::kOk);
  }
  /// Until everything that the client has of the log is `seqs`.
  void AwaitSeqs(TestClient& client, const std::vector<std::uint64_t>& seqs) {
    one_.backend.RunUntil([&] { return client.Seqs() == seqs; });
  }
  void AwaitTold(TestClient& client, const std::string& told) {
    std::vector<std::string> all;
    one_.backend.RunUntil([&] {
      for (std::string& each : client.Told()) all.push_back(std::move(each));
      return std::ranges::find(all, told) != all.end();
    });
  }
  /// What the bus carries from now on for `user` with this seq, as it is.
  std::shared_ptr<std::vector<Event>> Record(UserId user, Seq seq) {
    auto record = std::make_shared<std::vector<Event>>();
    Lose([record, user, seq](UserId to, const Event& event) {
      if (to == user && event.seq == seq) record->push_back(event);
      return false;
    });
    return record;
  }
  void Repeat(UserId user, const std::vector<Event>& events) {
    two_.backend.On([&] {
      for (const Event& event : events) {
        world_->bus().Publish(std::make_shared<const Event>(event),
                              std::make_shared<const std::vector<UserId>>(1, user));
      }
    });
  }
  void Settle() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
    one_.backend.RunUntil([&] { return std::chrono::steady_clock::now() >= until; });
  }

  std::shared_ptr<ChatWorld> world_ = std::make_shared<ChatWorld>(ChatWorld::Kind::kManyNodes, 2);
  SessionNode one_{world_, 0};
  SessionNode two_{world_, 1};
  const UserId ann_ = one_.backend.Person("ann");
  const UserId bo_ = one_.backend.Person("bob");
  const UserId cy_ = one_.backend.Person("cyd");
  const ConversationId group_ = one_.backend.Group(ann_, {bo_});
};

TEST_F(SessionCatchUp, TheLastChange_WhenLost_IsFoundByTheRepeatedHead) {
  const auto client = ConnectAtRest(bo_);
  EXPECT_EQ(Send(ann_, group_), 2U);
  Lose([](UserId, const Event& event) { return event.kind == Event::Kind::kChange; });
  EXPECT_EQ(Send(ann_, group_), 3U);
  EXPECT_EQ(Send(ann_, group_), 4U);
  AwaitSeqs(*client, {2, 3, 4});
}

TEST_F(SessionCatchUp, AfterAGap_HeadsAreCompared) {
  const auto client = ConnectAtRest(bo_);
  EXPECT_EQ(Send(ann_, group_), 2U);
  Settle();
  LoseAll();
  EXPECT_EQ(Send(ann_, group_), 3U);
  Settle();
  EXPECT_THAT(client->Seqs(), ElementsAre(2));
  LoseNothing();
  world_->lossy_bus.Gap();
  AwaitSeqs(*client, {2, 3});
  EXPECT_GE(two_.stats().found_missing, 1U);
}

TEST_F(SessionCatchUp, SoonAfterGoingLive_HeadsAreComparedOnce) {
  LoseAll();
  std::uint64_t head = 1;
  // On a busy machine the comparison may come before the message: then once more.
  for (bool late = true; late;) {
    const auto client = two_.Connect(bo_, Start::kResume);
    const std::uint64_t compared = two_.stats().catch_ups;
    const std::size_t settled = world_->lossy_bus.settled;
    client->Resume(group_, head);
    EXPECT_THAT(client->Told(), ElementsAre("sync"));
    EXPECT_EQ(world_->lossy_bus.settled, settled + 1);
    head = Send(ann_, group_);
    late = two_.stats().catch_ups > compared;
    if (late) continue;
    AwaitSeqs(*client, {head});
    Settle();
    EXPECT_EQ(two_.stats().catch_ups, compared + 1);
  }
}

TEST_F(SessionCatchUp, WhatIsOnItsWay_WhenHeadsAreCompared_IsToldAsAChange) {
  const auto other = ConnectAtRest(ann_);
  bus::EventPtr change;
  Lose([&](UserId /*user*/, const Event& event) {
    if (event.kind == Event::Kind::kChange) change = std::make_shared<const Event>(event);
    return event.kind == Event::Kind::kHead;
  });
  EXPECT_EQ(Send(ann_, group_), 2U);
  ASSERT_NE(change, nullptr);
  const auto client = two_.Connect(bo_);
  world_->RunUntilIdle();
  two_.backend.On(
      [&] { world_->bus().Publish(change, std::make_shared<const std::vector<UserId>>(1, bo_)); });
  AwaitTold(*client, "change 2");
}

TEST_F(SessionCatchUp, WhatChangedBeforeALiveSession_AndIsNotHeardOf_IsShown) {
  EXPECT_EQ(Send(ann_, group_), 2U);
  LoseAll();
  const auto client = two_.Connect(bo_);
  AwaitTold(*client, "inbox 2");
}

TEST_F(SessionCatchUp, AConversationThatIsNew_IsShown_WhenItsHeadComes) {
  const auto client = two_.Connect(cy_);
  Settle();
  Lose([](UserId, const Event& event) { return event.kind != Event::Kind::kHead; });
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, group_, {cy_})), StatusCode::kOk);
  AwaitTold(*client, "inbox 2");
}

TEST_F(SessionCatchUp, AHeadOfWhatIsNotTheirs_TellsNothing) {
  const auto client = two_.Connect(cy_);
  Settle();
  client->Told();
  two_.backend.On([&] {
    world_->bus().Publish(
        std::make_shared<const Event>(Event{Event::Kind::kHead, group_, Seq(1), {}, {}}),
        std::make_shared<const std::vector<UserId>>(1, cy_));
  });
  Settle();
  EXPECT_THAT(client->Told(), IsEmpty());
}

// A node that takes a conversation over tells its head, also to who is about to resume: what is
// said right after must not be taken for told with the conversation.
TEST_F(SessionCatchUp, AHeadThatComesBeforeTheResume_LeavesNothingToTell) {
  const auto client = two_.Connect(bo_, Start::kResume);
  two_.backend.On([&] {
    world_->bus().Publish(
        std::make_shared<const Event>(Event{Event::Kind::kHead, group_, Seq(1), {}, {}}),
        std::make_shared<const std::vector<UserId>>(1, bo_));
  });
  Settle();
  client->Resume(group_, 1);
  Settle();
  EXPECT_THAT(client->Told(), ElementsAre("sync"));
  EXPECT_EQ(Send(ann_, group_), 2U);
  AwaitSeqs(*client, {2});
}

TEST_F(SessionCatchUp, WhatWasSaidWhileTheyWereAway_DoesNotCome_WhateverIsHeardLate) {
  const auto client = two_.Connect(bo_, Start::kResume);
  client->Resume(group_, 1);
  Settle();
  // The session hears nothing for a while, and then of their last going first.
  world_->Stand(1, true);
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, group_, {bo_})), StatusCode::kOk);
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(Send(ann_, group_), 5U);
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, group_, {bo_})), StatusCode::kOk);
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(Send(ann_, group_), 8U);
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, group_, {bo_})), StatusCode::kOk);
  EXPECT_EQ(Send(ann_, group_), 10U);
  world_->Stand(1, false);
  Settle();
  EXPECT_THAT(client->Seqs(), Not(Contains(5U)));
  EXPECT_THAT(client->Seqs(), Not(Contains(8U)));
  EXPECT_EQ(Send(ann_, group_), 11U);
  EXPECT_EQ(client->Seqs().back(), 11U);
}

// What was told of a stay that is over may come again, when the person is back and has not heard of
// it: nothing of the earlier stay is told anew.
TEST_F(SessionCatchUp, WhatIsHeardLateOfAnEarlierStay_IsNotToldAgain) {
  const auto client = ConnectAtRest(bo_);
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  const auto earlier = Record(bo_, Seq(3));
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, group_, {bo_})), StatusCode::kOk);
  AwaitSeqs(*client, {2, 3});
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  AwaitTold(*client, "left");
  AwaitSeqs(*client, {2, 3, 4});
  LoseAll();
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, group_, {bo_})), StatusCode::kOk);
  LoseNothing();
  Repeat(bo_, *earlier);
  AwaitTold(*client, "inbox 5");
  EXPECT_EQ(Send(ann_, group_), 6U);
  AwaitSeqs(*client, {2, 3, 4, 6});
}

TEST_F(SessionCatchUp, WhoLeftWithoutHearingIt_IsToldAgain) {
  const auto client = ConnectAtRest(bo_);
  EXPECT_EQ(Send(ann_, group_), 2U);
  LoseAll();
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(Send(ann_, group_), 4U);
  LoseNothing();
  AwaitTold(*client, "left");
  Settle();
  EXPECT_THAT(client->Seqs(), Not(Contains(4U)));
  EXPECT_THAT(client->Told(), Not(Contains("left"))) << "it is told once";
}

TEST_F(SessionCatchUp, AfterAGap_WhoIsNoMember_IsToldSo) {
  const auto client = ConnectAtRest(bo_);
  EXPECT_EQ(Send(ann_, group_), 2U);
  LoseAll();
  Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  Settle();
  LoseNothing();
  world_->lossy_bus.Gap();
  AwaitTold(*client, "left");
  EXPECT_THAT(client->Seqs(), ElementsAre(2));
}

/// Ann, bob and many more: what is said goes to those who follow.
class SessionFollow : public SessionCatchUp {
 protected:
  SessionFollow() {
    std::vector<UserId> others = one_.backend.People("p", bus::kLargeConversation);
    others.push_back(bo_);
    large_ = one_.backend.Group(ann_, others);
    Settle();
  }
  ConversationId large_;
};

TEST_F(SessionFollow, WhatIsSaidInALargeConversation_Comes_OnceFollowed) {
  const auto client = two_.Connect(bo_, Start::kResume);
  client->Resume(large_, 1);
  EXPECT_EQ(Send(ann_, large_), 2U);
  EXPECT_EQ(Send(ann_, large_), 3U);
  EXPECT_THAT(client->Seqs(), ElementsAre(2, 3));
}

TEST_F(SessionFollow, ALiveSession_FollowsAtOnce) {
  const auto client = two_.Connect(bo_);
  world_->RunUntilIdle();
  const std::uint64_t first = Send(ann_, large_);
  EXPECT_THAT(client->Seqs(), Contains(first));
}

TEST_F(SessionFollow, WhoIsRemoved_GetsNothingMore_WhateverIsLost) {
  const auto client = two_.Connect(bo_, Start::kResume);
  client->Resume(large_, 1);
  EXPECT_EQ(Send(ann_, large_), 2U);
  Settle();  // a comparison while bob is being removed may tell of that alone
  // Nothing that is for bob alone arrives; what is for all does.
  Lose([this](UserId user, const Event&) { return user == bo_; });
  Do(ann_, large_, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(Send(ann_, large_), 4U);
  EXPECT_EQ(Send(ann_, large_), 5U);
  AwaitTold(*client, "left");
  EXPECT_EQ(Send(ann_, large_), 6U);
  Settle();
  EXPECT_THAT(client->Seqs(), ElementsAre(2, 3));
}

TEST_F(SessionFollow, WhoseRemovalWasLostToo_GetsNothingMore) {
  const auto client = two_.Connect(bo_, Start::kResume);
  client->Resume(large_, 1);
  EXPECT_EQ(Send(ann_, large_), 2U);
  LoseAll();
  Do(ann_, large_, chat::RemoveMemberCommand{bo_});
  Lose([this](UserId user, const Event&) { return user == bo_; });
  EXPECT_EQ(Send(ann_, large_), 4U);
  AwaitTold(*client, "left");
  EXPECT_EQ(Send(ann_, large_), 5U);
  Settle();
  EXPECT_THAT(client->Seqs(), Not(Contains(4U))) << "a hole is filled up to their going at most";
  EXPECT_THAT(client->Seqs(), Not(Contains(5U)));
}

TEST_F(SessionFollow, WhoComesBack_IsShownTheConversation) {
  const auto client = two_.Connect(bo_, Start::kResume);
  client->Resume(large_, 1);
  EXPECT_EQ(Send(ann_, large_), 2U);
  LoseAll();
  Do(ann_, large_, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(Send(ann_, large_), 4U);
  EXPECT_EQ(CodeOf(one_.backend.Add(ann_, large_, {bo_})), StatusCode::kOk);
  LoseNothing();
  EXPECT_EQ(Send(ann_, large_), 6U);
  // Shown with that message, or before it came.
  std::vector<std::string> told;
  one_.backend.RunUntil([&] {
    for (std::string& each : client->Told()) told.push_back(std::move(each));
    return std::ranges::find(told, "inbox 6") != told.end() ||
           std::ranges::find(told, "change 6") != told.end();
  });
  EXPECT_THAT(told, Contains("left"));
  EXPECT_THAT(client->Seqs(), Not(Contains(4U))) << "what was said while they were away";
  Settle();
  EXPECT_EQ(Send(ann_, large_), 7U);
  EXPECT_THAT(client->Seqs(), Contains(7U));
}

TEST_F(SessionFollow, AConversationThatBecomesLarge_IsFollowed_AndOneThatShrinksIsNot) {
  const UserId admin = one_.backend.Person("admin");
  const ConversationId group =
      one_.backend.Group(admin, one_.backend.People("q", bus::kLargeConversation - 1));
  const auto client = two_.Connect(admin, Start::kResume);
  client->Resume(group, 1);
  EXPECT_EQ(CodeOf(one_.backend.Add(admin, group, {bo_})), StatusCode::kOk);
  // That change itself went to those who follow, of whom there are none yet.
  AwaitSeqs(*client, {2});
  Settle();
  EXPECT_EQ(Send(admin, group), 3U);
  EXPECT_THAT(client->Seqs(), ElementsAre(2, 3));
  Do(admin, group, chat::RemoveMemberCommand{bo_});
  EXPECT_EQ(Send(admin, group), 5U);
  EXPECT_THAT(client->Seqs(), ElementsAre(2, 3, 4, 5));
}

}  // namespace
}  // namespace parley::gateway
