// ChatService: a send is one message, however often it is tried (promise I3).

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "chat/recent.h"
#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using storage::memory::ReadKind;
using testing::ElementsAre;
using testing::SizeIs;
using namespace std::chrono_literals;

class ChatIdempotency : public ChatTest {
 protected:
  /// Sends the message again, and expects the one with `seq`.
  void ExpectRepeated(const SendCommand& message, Seq seq) {
    const Answer again = backend_.Do(ann_, group_, message);
    EXPECT_EQ(SeqOf(again), seq);
    ASSERT_EQ(CodeOf(again), StatusCode::kOk) << (*again)->status().ToString();
    EXPECT_TRUE((**again)->existed);
    EXPECT_EQ((**again)->entry->message().text, message.text);
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_, cy_});
  const SendCommand once_ = backend_.Text("once");
};

TEST_F(ChatIdempotency, Send_Again_IsAnsweredWithTheFirst) {
  const Answer first = backend_.Do(ann_, group_, once_);
  EXPECT_FALSE((**first)->existed);
  ExpectRepeated(once_, Seq(2));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("once"));
}

TEST_F(ChatIdempotency, Send_AgainWhileItIsBeingCommitted_JoinsIt) {
  backend_.controls().HoldCommits();
  const Answer first = backend_.SubmitHeld(ann_, group_, once_);
  const Answer again = backend_.Submit(ann_, group_, once_);
  EXPECT_EQ(CodeOf(again), StatusCode::kCancelled) << "it is not durable yet";
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(first)), Seq(2));
  EXPECT_EQ(SeqOf(backend_.Await(again)), Seq(2));
  EXPECT_TRUE((**again)->existed);
  EXPECT_EQ(backend_.Head(ann_, group_), Seq(2));
}

TEST_F(ChatIdempotency, Send_AgainBehindManyThatAreBeingCommitted_JoinsIt) {
  backend_.controls().HoldCommits();
  const Answer first = backend_.SubmitHeld(ann_, group_, once_);
  // More than the ring of recent entries holds.
  for (std::size_t i = 0; i < RecentEntries::kCapacity + 44; ++i) {
    backend_.Submit(bo_, group_, backend_.Text("x"));
  }
  const Answer again = backend_.Submit(ann_, group_, once_);
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(CodeOf(backend_.Await(again)), StatusCode::kOk);
  EXPECT_EQ(SeqOf(again), Seq(2));
  EXPECT_EQ(SeqOf(first), Seq(2));
}

TEST_F(ChatIdempotency, Send_AgainBehindMoreThanTheWindowThatAreBeingCommitted_IsOneMessage) {
  backend_.controls().HoldCommits();
  const Answer first = backend_.SubmitHeld(ann_, group_, once_);
  for (std::size_t i = 0; i < SentWindow::kCapacity + 76; ++i) {
    backend_.Submit(bo_, group_, backend_.Text("x"));
  }
  const Answer again = backend_.Submit(ann_, group_, once_);
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(again)), Seq(2));
  EXPECT_EQ(SeqOf(first), Seq(2));
}

TEST_F(ChatIdempotency, Send_OtherContent_Conflicts) {
  backend_.Do(ann_, group_, once_);
  SendCommand other = once_;
  other.text = "twice";
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, other)), StatusCode::kConflict);
  other = once_;
  other.reply_to = Seq(2);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, other)), StatusCode::kConflict);
  backend_.Restart();
  EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, other)), StatusCode::kConflict);
  EXPECT_EQ(backend_.Head(ann_, group_), Seq(2));
}

TEST_F(ChatIdempotency, Send_SameClientIdOfAnotherSender_IsAnotherMessage) {
  backend_.Do(ann_, group_, once_);
  EXPECT_EQ(SeqOf(backend_.Do(bo_, group_, once_)), Seq(3));
}

TEST_F(ChatIdempotency, Send_SameClientIdInAnotherConversation_IsAnotherMessage) {
  backend_.Do(ann_, group_, once_);
  const ConversationId other = backend_.Group(ann_, {bo_});
  EXPECT_EQ(SeqOf(backend_.Do(ann_, other, once_)), Seq(2));
}

TEST_F(ChatIdempotency, Send_AgainAfterARestart_ReturnsTheFirst) {
  backend_.Do(ann_, group_, once_);
  backend_.Restart();
  ExpectRepeated(once_, Seq(2));
}

TEST_F(ChatIdempotency, Send_AgainLongAfter_IsLookedUp) {
  backend_.Do(ann_, group_, once_);
  backend_.Chatter(bo_, group_, SentWindow::kCapacity + 1);
  const auto before = backend_.controls().reads(ReadKind::kSent);
  ExpectRepeated(once_, Seq(2));
  EXPECT_EQ(backend_.controls().reads(ReadKind::kSent), before + 1);
}

TEST_F(ChatIdempotency, Send_AgainLongAfterAndRestarted_IsLookedUp) {
  backend_.Do(ann_, group_, once_);
  backend_.Chatter(bo_, group_, RecentEntries::kCapacity + 10);
  backend_.Restart();
  ExpectRepeated(once_, Seq(2));
}

TEST_F(ChatIdempotency, Send_NewOnes_CostNoLookUp) {
  backend_.Chatter(bo_, group_, SentWindow::kCapacity + 1);
  const auto before = backend_.controls().reads(ReadKind::kSent);
  backend_.Chatter(bo_, group_, 20);
  EXPECT_EQ(backend_.controls().reads(ReadKind::kSent), before);
}

TEST_F(ChatIdempotency, Send_WhileAnotherIsLookedUp_KeepsTheOrder) {
  backend_.Do(ann_, group_, once_);
  backend_.Chatter(bo_, group_, RecentEntries::kCapacity + 10);
  backend_.Restart();
  backend_.Do(bo_, group_, MarkCommand{Seq(1), Seq()});  // it is loaded
  const Seq head = backend_.Head(ann_, group_);
  backend_.controls().HoldReads();
  const Answer again = backend_.Submit(ann_, group_, once_);
  const Answer later = backend_.Submit(ann_, group_, backend_.Text("later"));
  EXPECT_EQ(CodeOf(later), StatusCode::kCancelled);
  backend_.controls().ReleaseReads();
  EXPECT_EQ(SeqOf(backend_.Await(again)), Seq(2));
  EXPECT_EQ(SeqOf(backend_.Await(later)), head.Next());
}

TEST_F(ChatIdempotency, Send_AgainAfterThirtyDays_IsANewMessage) {
  backend_.Do(ann_, group_, once_);
  backend_.Chatter(bo_, group_, RecentEntries::kCapacity + 10);
  const Seq head = backend_.Head(ann_, group_);
  backend_.Restart();
  backend_.clock().Advance(29 * 24h);
  ExpectRepeated(once_, Seq(2));
  backend_.clock().Advance(2 * 24h);
  EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, once_)), head.Next());
  backend_.Restart();
  ExpectRepeated(once_, head.Next());
}

/// As ChatIdempotency, where the store cannot say by itself that it never saw a send.
class ChatIdempotencyOnNodes : public testing::Test {
 protected:
  ClientId MadeAt(TimePoint at) { return ClientId(Uuid::Version7(at, random_)); }
  SendCommand TextMadeAt(TimePoint at) {
    SendCommand message = backend_.Text("x");
    message.client_id = MadeAt(at);
    return message;
  }
  TimePoint Now() { return backend_.clock().Now(); }

  /// How often the store was asked for a send while this one was sent, which is a new one.
  std::uint64_t LookUpsOf(const SendCommand& message) {
    const auto before = backend_.controls().reads(ReadKind::kSent);
    const Answer answer = backend_.Do(ann_, group_, message);
    EXPECT_EQ(CodeOf(answer), StatusCode::kOk);
    EXPECT_FALSE((**answer)->existed);
    return backend_.controls().reads(ReadKind::kSent) - before;
  }
  bool IsRepeated(const SendCommand& message) {
    const Answer again = backend_.Do(ann_, group_, message);
    return CodeOf(again) == StatusCode::kOk && (**again)->existed;
  }
  /// More than an actor reads when it is loaded; a second later it is loaded again.
  void PastIsLong() {
    backend_.Chatter(bo_, group_, RecentEntries::kCapacity + 10);
    backend_.Restart();
    backend_.clock().Advance(1s);
  }

  FakeRandom random_;
  ChatBackend backend_{std::make_shared<ChatWorld>(ChatWorld::Kind::kManyNodes), 0};
  const UserId ann_ = backend_.Person("ann");
  const UserId bo_ = backend_.Person("bob");
  const ConversationId group_ = backend_.Group(ann_, {bo_});
};

TEST_F(ChatIdempotencyOnNodes, Send_MadeAfterAllEarlierOnes_CostsNoLookUp) {
  PastIsLong();
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now())), 0);
  backend_.Chatter(bo_, group_, SentWindow::kCapacity + 10);
  backend_.clock().Advance(1s);
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now())), 0);
}

TEST_F(ChatIdempotencyOnNodes, Send_AgainLongAfter_IsFound_WhateverTheClockOfItsClientSays) {
  std::vector<SendCommand> messages;
  for (const auto off : {-40 * 24h, -1h, 0h, 1h, 2h, 29 * 24h, 31 * 24h, 32 * 24h, 9'999 * 24h}) {
    messages.push_back(TextMadeAt(Now() + off));
    EXPECT_EQ(CodeOf(backend_.Do(ann_, group_, messages.back())), StatusCode::kOk);
  }
  PastIsLong();
  for (const auto later : {0h, 1h, 24h, 28 * 24h}) {
    backend_.clock().Advance(later);
    for (const SendCommand& message : messages) {
      EXPECT_TRUE(IsRepeated(message)) << message.client_id.ToString();
    }
  }
}

TEST_F(ChatIdempotencyOnNodes, Send_OfAClockAhead_CostsOthersLookUps_UntilItsTimeHasCome) {
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now() + 2h)), 0);
  PastIsLong();
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now())), 1);
  backend_.clock().Advance(2h);
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now())), 0);
}

TEST_F(ChatIdempotencyOnNodes, Send_OfATimeThatIsNone_CostsNobodyElse) {
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now() + 9'999 * 24h)), 0);
  PastIsLong();
  EXPECT_EQ(LookUpsOf(TextMadeAt(Now())), 0);
}

TEST_F(ChatIdempotencyOnNodes, Send_OfAnotherVersion_IsLookedUp) {
  PastIsLong();
  SendCommand message = backend_.Text("x");
  message.client_id = *ClientId::Parse("919108f7-52d1-4320-9bac-f847db4148a8");
  EXPECT_EQ(LookUpsOf(message), 1);
  EXPECT_TRUE(IsRepeated(message));
}

TEST_F(ChatIdempotency, Group_SameClientId_IsOneGroup) {
  CreateRequest request;
  request.member_ids = {bo_};
  request.client_id = backend_.NewClientId();
  const auto first = backend_.Run(backend_.chat().Create(ann_, request));
  const auto again = backend_.Run(backend_.chat().Create(ann_, request));
  const auto of_another = backend_.Run(backend_.chat().Create(cy_, request));
  ASSERT_TRUE(first.ok() && again.ok() && of_another.ok());
  EXPECT_TRUE(first->second);
  EXPECT_FALSE(again->second);
  EXPECT_EQ(again->first.snapshot->info.id, first->first.snapshot->info.id);
  EXPECT_NE(of_another->first.snapshot->info.id, first->first.snapshot->info.id);
}

TEST_F(ChatIdempotency, Direct_FromBothSidesAtOnce_IsOne) {
  std::vector<std::pair<ConversationId, bool>> made;
  const auto create = [](ChatService* chat, UserId from, UserId to,
                         auto* out) -> runtime::Task<void> {
    CreateRequest request;
    request.kind = ConversationKind::kDirect;
    request.member_ids = {to};
    auto created = co_await chat->Create(from, std::move(request));
    if (created.ok()) out->emplace_back(created->first.snapshot->info.id, created->second);
  };
  backend_.controls().HoldCommits();
  runtime::Spawn(backend_.shard(), "ann", create(&backend_.chat(), ann_, bo_, &made));
  runtime::Spawn(backend_.shard(), "bo", create(&backend_.chat(), bo_, ann_, &made));
  backend_.RunUntil([&] { return backend_.controls().appends_under_way() == 1; });
  EXPECT_THAT(made, SizeIs(0));
  backend_.controls().ReleaseCommits();
  backend_.RunUntil([&] { return made.size() == 2; });
  EXPECT_EQ(made[0].first, made[1].first);
  EXPECT_NE(made[0].second, made[1].second) << "one of them made it";
  EXPECT_EQ(backend_.Head(ann_, made[0].first), Seq(1));
}

}  // namespace
}  // namespace parley::chat
