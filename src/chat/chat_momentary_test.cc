// ChatService: receipts and typing, as the others are told of them.

#include <chrono>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kPhone = 1;
constexpr std::uint64_t kLaptop = 2;

class ChatMomentary : public ChatTest {
 protected:
  static MarkCommand Read(std::uint64_t seq) { return {Seq(seq), Seq(), MarkAnswer::kWhenWritten}; }
  static MarkCommand Delivered(std::uint64_t seq) {
    return {Seq(), Seq(seq), MarkAnswer::kWhenTaken};
  }
  std::string Receipt(UserId user, std::uint64_t delivered, std::uint64_t read) {
    return fmt::format(
        R"({{"type":"receipt","conversation_id":"{}","user_id":"{}","delivered_seq":{},"read_seq":{}}})",
        group_.ToString(), user.ToString(), delivered, read);
  }
  std::string Typing(UserId user, bool active) {
    return fmt::format(R"({{"type":"typing","conversation_id":"{}","user_id":"{}","active":{}}})",
                       group_.ToString(), user.ToString(), active);
  }
  Answer Type(UserId user, bool active = true, std::uint64_t device = kPhone) {
    return backend_.Do(user, group_, TypingCommand{device, active});
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_, cy_});
};

// -- Receipts -------------------------------------------------------------------------------------

class ChatReceipts : public ChatMomentary {
 protected:
  ChatReceipts() {
    backend_.Chatter(ann_, group_, 9);  // seq 2 to 10
    backend_.Restart();                 // and what is known of ann is told
  }
};

TEST_F(ChatReceipts, Read_IsToldToTheOthers_OnceStored) {
  const auto ann = backend_.Listen(ann_);
  const auto bo = backend_.Listen(bo_);
  const auto cy = backend_.Listen(cy_);
  EXPECT_EQ(CodeOf(backend_.Do(bo_, group_, Read(5))), StatusCode::kOk);
  EXPECT_EQ(backend_.Get(bo_, group_).own.position.read, Seq(5));
  EXPECT_THAT(ann->passing, ElementsAre(Receipt(bo_, 5, 5)));
  EXPECT_THAT(cy->passing, ElementsAre(Receipt(bo_, 5, 5)));
  EXPECT_THAT(bo->passing, IsEmpty());
  EXPECT_THAT(bo->told, ElementsAre("inbox 0"));
}

TEST_F(ChatReceipts, Delivered_IsToldWithoutAWrite) {
  const auto ann = backend_.Listen(ann_);
  backend_.Do(bo_, group_, Delivered(7));
  EXPECT_THAT(ann->passing, ElementsAre(Receipt(bo_, 7, 0)));
}

TEST_F(ChatReceipts, AreMerged_OverASecond) {
  const auto ann = backend_.Listen(ann_);
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seq = 3; seq <= 9; ++seq) backend_.Do(bo_, group_, Delivered(seq));
  backend_.RunUntil([&] { return ann->passing.size() >= 2; });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(999));
  EXPECT_THAT(ann->passing, ElementsAre(Receipt(bo_, 3, 0), Receipt(bo_, 9, 0)));
}

TEST_F(ChatReceipts, NeverGoBack_AndAreNotRepeated) {
  backend_.Do(bo_, group_, Read(5));
  backend_.Restart();
  const auto ann = backend_.Listen(ann_);
  backend_.Do(bo_, group_, Read(5));
  backend_.Do(bo_, group_, Delivered(4));
  EXPECT_THAT(ann->passing, IsEmpty());
}

TEST_F(ChatReceipts, Sending_TellsThatAllIsRead) {
  const auto ann = backend_.Listen(ann_);
  backend_.Do(bo_, group_, backend_.Text("read it all"));
  EXPECT_THAT(ann->told, ElementsAre("change 11"));
  EXPECT_THAT(ann->passing, ElementsAre(Receipt(bo_, 11, 11)));
}

TEST_F(ChatReceipts, OfAnotherDevice_AreFoundByTheCursor) {
  backend_.clock().Advance(std::chrono::hours(1));
  const std::string cursor = backend_.chat().MakeCursor(bo_);
  const auto plan = [&] {
    return *backend_.Run(backend_.chat().PlanSync(bo_, {{group_, Seq(10)}}, cursor));
  };
  EXPECT_THAT(plan().items, IsEmpty());
  EXPECT_THAT(plan().level, SizeIs(1));
  backend_.Do(bo_, group_, Read(5));
  const SyncPlan after = plan();
  ASSERT_THAT(after.items, SizeIs(1));
  EXPECT_EQ(after.items[0].conversation, group_);
  EXPECT_EQ(after.items[0].after, after.items[0].last) << "changes: []";
  EXPECT_FALSE(after.items[0].reset);
}

TEST_F(ChatReceipts, InLargeConversations_NobodyIsTold) {
  const auto ann = backend_.Listen(ann_);
  backend_.Add(ann_, group_, backend_.People("many", 8));  // eleven
  ann->passing.clear();
  backend_.Do(bo_, group_, Read(5));
  backend_.Do(bo_, group_, Delivered(7));
  backend_.Do(bo_, group_, backend_.Text("hello, all"));
  Type(bo_);
  EXPECT_THAT(ann->passing, IsEmpty());
  // Once it is small again, what happens is told.
  backend_.Do(cy_, group_, RemoveMemberCommand{cy_});
  Type(bo_);
  EXPECT_THAT(ann->passing, ElementsAre(Typing(bo_, true)));
}

TEST_F(ChatReceipts, WhoseJoiningIsNotDurable_HearsNothing) {
  const UserId dan = backend_.Person("dan");
  const auto users = backend_.Run(backend_.store().accounts().FindUsers({dan}));
  backend_.Do(cy_, group_, Delivered(2));
  const auto ann = backend_.Listen(ann_);
  const auto early = backend_.Listen(dan);
  backend_.controls().HoldCommits();
  const Answer added = backend_.SubmitHeld(ann_, group_, AddMembersCommand{*users});
  backend_.Submit(bo_, group_, Delivered(7));
  Type(bo_);
  EXPECT_THAT(ann->passing, ElementsAre(Receipt(bo_, 7, 0), Typing(bo_, true)))
      << "the others are told without waiting for the commit";
  EXPECT_THAT(early->passing, IsEmpty());
  backend_.controls().ReleaseCommits();
  backend_.Await(added);
}

// -- Typing ---------------------------------------------------------------------------------------

TEST_F(ChatMomentary, Typing_IsToldToTheOtherMembers_AndEndsByItself) {
  const auto ann = backend_.Listen(ann_);
  const auto bo = backend_.Listen(bo_);
  EXPECT_EQ(CodeOf(Type(ann_)), StatusCode::kOk);
  EXPECT_THAT(bo->passing, ElementsAre(Typing(ann_, true)));
  EXPECT_THAT(ann->passing, IsEmpty());
  backend_.RunUntil([&] { return bo->passing.size() == 2; });
  EXPECT_THAT(bo->passing, ElementsAre(Typing(ann_, true), Typing(ann_, false)));
}

TEST_F(ChatMomentary, Typing_OfStrangers_IsNotFound) {
  const UserId dan = backend_.Person("dan");
  const auto ann = backend_.Listen(ann_);
  EXPECT_EQ(CodeOf(Type(dan)), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(Type(dan, false)), StatusCode::kNotFound);
  const ConversationId nowhere(dan.uuid());
  EXPECT_EQ(CodeOf(backend_.Do(ann_, nowhere, TypingCommand{kPhone, true})), StatusCode::kNotFound);
  EXPECT_THAT(ann->passing, IsEmpty());
}

TEST_F(ChatMomentary, Typing_OnTwoDevices_IsOne) {
  const auto bo = backend_.Listen(bo_);
  Type(ann_, true, kPhone);
  Type(ann_, true, kLaptop);
  Type(ann_, false, kPhone);
  EXPECT_THAT(bo->passing, ElementsAre(Typing(ann_, true)));
  Type(ann_, false, kLaptop);
  EXPECT_THAT(bo->passing, ElementsAre(Typing(ann_, true), Typing(ann_, false)));
}

TEST_F(ChatMomentary, Typing_EndsWithTheMessage) {
  const auto bo = backend_.Listen(bo_);
  Type(ann_);
  backend_.Do(ann_, group_, backend_.Text("typed"));
  EXPECT_THAT(bo->passing,
              ElementsAre(Typing(ann_, true), Typing(ann_, false), Receipt(ann_, 2, 2)));
}

TEST_F(ChatMomentary, Typing_EndsWithTheMembership) {
  const auto bo = backend_.Listen(bo_);
  const auto cy = backend_.Listen(cy_);
  Type(cy_);
  backend_.Do(ann_, group_, RemoveMemberCommand{cy_});
  EXPECT_THAT(bo->passing, ElementsAre(Typing(cy_, true), Typing(cy_, false)));
  EXPECT_EQ(CodeOf(Type(cy_)), StatusCode::kNotFound);
  Type(ann_);
  EXPECT_THAT(bo->passing, SizeIs(3));
  EXPECT_THAT(cy->passing, IsEmpty());
}

TEST_F(ChatMomentary, Typing_DoesNotWaitForCommits) {
  const auto bo = backend_.Listen(bo_);
  backend_.controls().HoldCommits();
  const Answer sent = backend_.SubmitHeld(ann_, group_, backend_.Text("held"));
  EXPECT_EQ(CodeOf(Type(ann_)), StatusCode::kOk);
  EXPECT_THAT(bo->passing, ElementsAre(Typing(ann_, true)));
  EXPECT_THAT(bo->told, IsEmpty());
  backend_.controls().ReleaseCommits();
  backend_.Await(sent);
}

TEST_F(ChatMomentary, OfAnEmptyDirectConversation_TheOtherOneIsToldNothing) {
  const ConversationId direct = backend_.Direct(ann_, bo_);
  const auto bo = backend_.Listen(bo_);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, direct, MarkCommand{Seq(1), Seq(1)})), StatusCode::kOk);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, direct, TypingCommand{kPhone, true})), StatusCode::kOk);
  backend_.On([] {});
  EXPECT_THAT(bo->passing, IsEmpty());
  backend_.Chatter(ann_, direct, 1);
  EXPECT_EQ(CodeOf(backend_.Do(ann_, direct, TypingCommand{kPhone, true})), StatusCode::kOk);
  backend_.RunUntil([&] { return !bo->passing.empty(); });
}

}  // namespace
}  // namespace parley::chat
