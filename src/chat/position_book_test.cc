#include "chat/position_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr PositionBook::SteadyTime kNow{1'000s};

UserId Someone(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

Member Stay(UserId user, Seq joined) {
  Member member;
  member.user = user;
  member.joined_seq = joined;
  member.first_seq = joined;
  return member;
}

Position Read(std::uint64_t seq) { return {Seq(seq), seq, Seq(seq)}; }
Position Delivered(std::uint64_t seq) { return {Seq(), 0, Seq(seq)}; }

class PositionBookTest : public testing::Test {
 protected:
  PositionBook::Batch Take(PositionBook::SteadyTime now, bool lazy = false, bool all = false) {
    return book_.TakeDue(ConversationId(), now, TimePoint(), lazy, all);
  }
  /// Takes what is due, and says that it is stored.
  PositionBook::Batch Write(PositionBook::SteadyTime now, bool lazy = false) {
    PositionBook::Batch batch = Take(now, lazy);
    book_.Written(batch.rows);
    return batch;
  }
  CommandDone Counting() {
    return [this](const Result<CommandAnswer>&) { ++answered_; };
  }

  const Member ann_ = Stay(Someone(1), Seq(1));
  const Member bo_ = Stay(Someone(2), Seq(1));
  PositionBook book_;
  int answered_ = 0;
};

TEST_F(PositionBookTest, Mark_First_IsDueAtOnce_LaterOnesOnceASecond) {
  EXPECT_TRUE(book_.Mark(ann_, Read(5)));
  const PositionBook::Batch first = Write(kNow);
  ASSERT_THAT(first.rows, SizeIs(1));
  EXPECT_EQ(first.rows[0].position, Read(5));
  EXPECT_THAT(first.read_moved, ElementsAre(ann_.user));
  EXPECT_EQ(book_.NextDue(false), std::nullopt);

  EXPECT_TRUE(book_.Mark(ann_, Read(6)));
  EXPECT_TRUE(book_.Mark(ann_, Read(9)));
  EXPECT_THAT(Take(kNow + 999ms).rows, IsEmpty());
  EXPECT_EQ(book_.NextDue(false), kNow + 1s);
  const PositionBook::Batch second = Write(kNow + 1s);
  ASSERT_THAT(second.rows, SizeIs(1));
  EXPECT_EQ(second.rows[0].position, Read(9));
}

TEST_F(PositionBookTest, Mark_Lower_ChangesNothing) {
  book_.Mark(ann_, Read(5));
  Write(kNow);
  EXPECT_FALSE(book_.Mark(ann_, Read(4)));
  EXPECT_EQ(book_.Of(ann_), Read(5));
}

TEST_F(PositionBookTest, Mark_DeliveredAlone_WaitsLonger_AndTellsNoDevice) {
  book_.Mark(ann_, Delivered(5));
  EXPECT_THAT(Write(kNow).read_moved, IsEmpty());
  book_.Mark(ann_, Delivered(6));
  EXPECT_EQ(book_.NextDue(false), kNow + 5s);
  book_.Mark(ann_, Read(6));
  EXPECT_EQ(book_.NextDue(false), kNow + 1s);
  EXPECT_EQ(book_.NextDue(true), kNow + 5s);
}

TEST_F(PositionBookTest, Take_All_TakesWhatIsNotDue) {
  book_.Mark(ann_, Read(5));
  Write(kNow);
  book_.Mark(ann_, Read(6));
  book_.Mark(bo_, Read(2));
  EXPECT_THAT(Take(kNow + 1ms, false, true).rows, SizeIs(2));
}

TEST_F(PositionBookTest, AwaitWrite_IsHandedOverWithTheWrite) {
  book_.Mark(ann_, Read(5));
  book_.AwaitWrite(ann_.user, Counting());
  PositionBook::Batch batch = Take(kNow);
  ASSERT_THAT(batch.waiting, SizeIs(1));
  EXPECT_EQ(answered_, 0);
}

TEST_F(PositionBookTest, Take_WithoutWritten_IsTakenAgain) {
  book_.Mark(ann_, Read(5));
  Take(kNow);
  EXPECT_TRUE(book_.Mark(ann_, Read(5))) << "nobody said that it is stored";
  EXPECT_THAT(Take(kNow + 1s).rows, SizeIs(1));
}

TEST_F(PositionBookTest, Mark_DuringAWrite_OutlivesIt) {
  book_.Mark(ann_, Read(5));
  const PositionBook::Batch batch = Take(kNow);
  book_.Mark(ann_, Read(7));
  book_.Written(batch.rows);
  EXPECT_EQ(book_.NextDue(false), kNow + 1s);
  EXPECT_EQ(Take(kNow + 1s).rows.at(0).position, Read(7));
}

TEST_F(PositionBookTest, AwaitWrite_OfWhatIsStoredMeanwhile_IsNotForgotten) {
  book_.Mark(ann_, Read(5));
  Write(kNow);
  book_.Mark(ann_, Read(6));
  book_.AwaitWrite(ann_.user, Counting());
  book_.Stored(ann_.user, ann_.joined_seq, Read(8));
  EXPECT_THAT(Take(kNow + 1s).waiting, SizeIs(1));
}

TEST_F(PositionBookTest, Stored_NeedsNoWrite) {
  book_.Stored(ann_.user, ann_.joined_seq, Read(8));
  EXPECT_EQ(book_.NextDue(false), std::nullopt);
  EXPECT_EQ(book_.Of(ann_), Read(8));
}

TEST_F(PositionBookTest, AnotherStay_StartsAnew_AndForgetsNoWaiter) {
  book_.Load(ann_, Read(5));
  book_.Mark(ann_, Read(6));
  book_.AwaitWrite(ann_.user, Counting());
  const Member again = Stay(ann_.user, Seq(9));
  EXPECT_EQ(book_.Of(again), Position());
  book_.Mark(again, Read(9));
  const PositionBook::Batch batch = Take(kNow);
  ASSERT_THAT(batch.rows, SizeIs(1));
  EXPECT_EQ(batch.rows[0].joined_seq, Seq(9));
  EXPECT_EQ(batch.rows[0].position, Read(9));
  EXPECT_THAT(batch.waiting, SizeIs(1));
}

// -- Receipts -------------------------------------------------------------------------------------

class ReceiptsTest : public PositionBookTest {
 protected:
  /// The positions of those who are told of.
  std::vector<Position> Receipts(PositionBook::SteadyTime now) {
    std::vector<Position> told;
    for (const PositionBook::Receipt& receipt : book_.TakeReceipts(now)) {
      told.push_back(receipt.position);
    }
    return told;
  }
};

TEST_F(ReceiptsTest, Read_IsToldOnceItIsStored) {
  book_.Mark(ann_, Read(5));
  EXPECT_THAT(Receipts(kNow), IsEmpty());
  EXPECT_EQ(book_.NextReceiptDue(), std::nullopt);
  const PositionBook::Batch batch = Take(kNow);
  EXPECT_THAT(Receipts(kNow), IsEmpty());
  book_.Written(batch.rows);
  EXPECT_NE(book_.NextReceiptDue(), std::nullopt);
  EXPECT_THAT(Receipts(kNow), ElementsAre(Read(5)));
  EXPECT_THAT(Receipts(kNow + 1h), IsEmpty()) << "once";
}

TEST_F(ReceiptsTest, Delivered_IsToldAtOnce_ThenAtMostOnceASecond) {
  book_.Mark(ann_, Delivered(3));
  EXPECT_THAT(Receipts(kNow), ElementsAre(Delivered(3)));
  book_.Mark(ann_, Delivered(4));
  book_.Mark(ann_, Delivered(6));
  EXPECT_EQ(book_.NextReceiptDue(), kNow + 1s);
  EXPECT_THAT(Receipts(kNow + 999ms), IsEmpty());
  EXPECT_THAT(Receipts(kNow + 1s), ElementsAre(Delivered(6)));
}

TEST_F(ReceiptsTest, OfOthers_DoNotWaitForEachOther) {
  book_.Mark(ann_, Delivered(3));
  Receipts(kNow);
  book_.Mark(bo_, Delivered(3));
  EXPECT_THAT(Receipts(kNow), SizeIs(1));
}

TEST_F(ReceiptsTest, Delivered_BehindAReadThatIsNotStored_WaitsForIt) {
  book_.Mark(ann_, Delivered(3));
  book_.Mark(ann_, Read(5));
  EXPECT_THAT(Receipts(kNow), IsEmpty());
  Write(kNow);
  EXPECT_THAT(Receipts(kNow), ElementsAre(Read(5)));
}

TEST_F(ReceiptsTest, WhoReadsOn_IsToldOfWhatIsStored) {
  book_.Mark(ann_, Read(5));
  const PositionBook::Batch batch = Take(kNow);
  book_.Mark(ann_, Read(9));
  book_.Written(batch.rows);
  EXPECT_THAT(Receipts(kNow), ElementsAre(Read(5)));
  Write(kNow + 1s);
  EXPECT_THAT(Receipts(kNow + 1s), ElementsAre(Read(9)));
}

TEST_F(ReceiptsTest, Sending_IsTold_MergedWithWhatWasRead) {
  book_.Mark(ann_, Delivered(3));
  Receipts(kNow);
  book_.Stored(ann_.user, ann_.joined_seq, Read(4));
  book_.Stored(ann_.user, ann_.joined_seq, Read(8));
  EXPECT_THAT(Receipts(kNow + 1s), ElementsAre(Read(8)));
}

TEST_F(ReceiptsTest, NeverGoBack) {
  book_.Load(ann_, Read(8));
  book_.Mark(ann_, Read(5));
  book_.Stored(ann_.user, ann_.joined_seq, Read(6));
  EXPECT_THAT(Receipts(kNow), IsEmpty()) << "and what was stored before is known";
}

TEST_F(ReceiptsTest, Dropped_AreNotTold_ButWhatFollowsIs) {
  book_.Mark(ann_, Delivered(3));
  book_.DropReceipts();
  EXPECT_THAT(Receipts(kNow), IsEmpty());
  book_.Mark(ann_, Delivered(4));
  EXPECT_THAT(Receipts(kNow), ElementsAre(Delivered(4)));
}

TEST_F(ReceiptsTest, AnotherStay_StartsAnew) {
  book_.Mark(ann_, Delivered(7));
  Receipts(kNow);
  book_.Mark(Stay(ann_.user, Seq(9)), Delivered(9));
  const auto receipts = book_.TakeReceipts(kNow + 1s);
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].joined_seq, Seq(9));
}

}  // namespace
}  // namespace parley::chat
