#include "chat/head_book.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace parley::chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HeadBookTest : public ::testing::Test {
 protected:
  static UserId NewUser() {
    SystemRandom random;
    return UserId(Uuid::Version7(FromMillis(1'800'000'000'000), random));
  }

  const HeadBook::SteadyTime start_{std::chrono::hours(1)};
  HeadBook book_{HeadBook::Intervals()};
};

TEST_F(HeadBookTest, TellsTwiceAfterTheLastEvent_ThenNoMore) {
  EXPECT_TRUE(book_.empty());
  book_.Told(start_ - seconds(3));
  book_.Told(start_);
  EXPECT_EQ(book_.NextDue(), start_ + seconds(1));
  EXPECT_FALSE(book_.Take(start_ + milliseconds(999)).members);
  EXPECT_TRUE(book_.Take(start_ + seconds(1)).members);
  EXPECT_EQ(book_.NextDue(), start_ + seconds(30));
  EXPECT_FALSE(book_.Take(start_ + seconds(29)).members);
  EXPECT_TRUE(book_.Take(start_ + seconds(30)).members);
  EXPECT_EQ(book_.NextDue(), std::nullopt);
  EXPECT_TRUE(book_.empty());
}

TEST_F(HeadBookTest, WhatIsDueAtAboutTheSameTime_IsToldTogether) {
  HeadBook other{HeadBook::Intervals()};
  book_.Told(start_ + milliseconds(1));
  other.Told(start_ + milliseconds(250));
  EXPECT_EQ(book_.NextDue(), start_ + milliseconds(1'250));
  EXPECT_EQ(other.NextDue(), book_.NextDue());
  EXPECT_FALSE(book_.Take(start_ + milliseconds(1'249)).members);
  EXPECT_TRUE(book_.Take(start_ + milliseconds(1'250)).members);
}

TEST_F(HeadBookTest, AnEventBeginsAnew) {
  book_.Told(start_);
  EXPECT_TRUE(book_.Take(start_ + seconds(1)).members);
  book_.Told(start_ + seconds(2));
  EXPECT_EQ(book_.NextDue(), start_ + seconds(3));
}

TEST_F(HeadBookTest, ADepartureIsTold_AtItsOwnTime_UnlessTheyCameBack) {
  const Departure bo{NewUser(), Seq(7)};
  const Departure cy{NewUser(), Seq(8)};
  book_.Changed({.departed = {bo}, .arrived = {}}, start_);
  book_.Changed({.departed = {cy}, .arrived = {}}, start_ + milliseconds(500));
  for (int i = 1; i < 10; ++i) book_.Told(start_ + milliseconds(100 * i));
  EXPECT_EQ(book_.NextDue(), start_ + seconds(1));
  const HeadBook::Due first = book_.Take(start_ + seconds(1));
  EXPECT_FALSE(first.members);
  EXPECT_EQ(first.changes, (MemberChanges{{bo}, {}}));
  book_.Changed({.departed = {}, .arrived = {bo.user}}, start_ + seconds(1));
  EXPECT_EQ(book_.Take(start_ + milliseconds(1'900)).changes, (MemberChanges{{cy}, {}}));
  EXPECT_EQ(book_.Take(start_ + seconds(31)).changes, (MemberChanges{{cy}, {bo.user}}));
}

TEST_F(HeadBookTest, AnArrivalIsToldTwice_UnlessTheyLeftAgain) {
  const UserId bo = NewUser();
  const UserId cy = NewUser();
  book_.Changed({.departed = {}, .arrived = {bo, cy}}, start_);
  EXPECT_EQ(book_.NextDue(), start_ + seconds(1));
  EXPECT_EQ(book_.Take(start_ + seconds(1)).changes, (MemberChanges{{}, {bo, cy}}));
  book_.Changed({.departed = {{cy, Seq(9)}}, .arrived = {}}, start_ + seconds(29));
  EXPECT_EQ(book_.Take(start_ + seconds(30)).changes, (MemberChanges{{{cy, Seq(9)}}, {bo}}));
  EXPECT_EQ(book_.Take(start_ + seconds(59)).changes, (MemberChanges{{{cy, Seq(9)}}, {}}));
  EXPECT_TRUE(book_.empty());
}

TEST_F(HeadBookTest, TakeAll_IsWhoeverWouldBeToldLater) {
  const MemberChanges changes{{{NewUser(), Seq(7)}}, {NewUser()}};
  book_.Changed(changes, start_);
  EXPECT_FALSE(book_.TakeAll().members);
  book_.Told(start_);
  book_.Changed(changes, start_);
  const HeadBook::Due all = book_.TakeAll();
  EXPECT_TRUE(all.members);
  EXPECT_EQ(all.changes, changes);
  EXPECT_TRUE(book_.empty());
}

TEST_F(HeadBookTest, RemembersSoMany) {
  for (std::size_t i = 0; i < HeadBook::kMaxNamed + 3; ++i) {
    book_.Changed({{{NewUser(), Seq(i + 2)}}, {}}, start_);
  }
  const HeadBook::Due all = book_.TakeAll();
  EXPECT_EQ(all.changes.departed.size(), HeadBook::kMaxNamed);
  EXPECT_EQ(all.changes.departed.front().seq, Seq(5));
}

}  // namespace
}  // namespace parley::chat
