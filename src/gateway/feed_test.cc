#include "gateway/feed.h"

#include <gtest/gtest.h>

namespace parley::gateway {
namespace {

using Arrival = Feed::Arrival;
using Step = Feed::Step;

TEST(Feed, OnChange_InOrder_IsSentAtOnce) {
  Feed feed;
  EXPECT_EQ(feed.OnChange(Seq(7)), Arrival::kSendNow);
  EXPECT_EQ(feed.OnChange(Seq(8)), Arrival::kSendNow);
  EXPECT_EQ(feed.NextStep(), Step::kNothing);
}

TEST(Feed, OnChange_Repeated_IsOld) {
  Feed feed;
  feed.SentUpTo(Seq(8));
  EXPECT_EQ(feed.OnChange(Seq(8)), Arrival::kOld);
  EXPECT_EQ(feed.NextStep(), Step::kNothing);
}

TEST(Feed, OnHead_BeyondWhatWasSent_IsReadFromTheLog) {
  Feed feed;
  feed.SentUpTo(Seq(5));
  feed.OnHead(Seq(5));
  EXPECT_EQ(feed.NextStep(), Step::kNothing);
  feed.OnHead(Seq(7));
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  EXPECT_EQ(feed.last_wanted(), Seq(7));
}

TEST(Feed, OnHead_OfAConversationNeverHeardOf_ShowsIt) {
  Feed feed;
  feed.OnHead(Seq(7));
  EXPECT_EQ(feed.NextStep(), Step::kInbox);
  feed.InboxSent();
  EXPECT_EQ(feed.NextStep(), Step::kNothing);
  EXPECT_EQ(feed.OnChange(Seq(8)), Arrival::kSendNow);
}

TEST(Feed, OnChange_AfterAHole_IsReadFromTheLog) {
  Feed feed;
  feed.SentUpTo(Seq(5));
  EXPECT_EQ(feed.OnChange(Seq(7)), Arrival::kLater);
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  EXPECT_EQ(feed.sent(), Seq(5));
  EXPECT_EQ(feed.last_wanted(), Seq(7));
  feed.SentUpTo(Seq(7));
  EXPECT_EQ(feed.NextStep(), Step::kNothing);
}

TEST(Feed, OnChange_WhileBusy_IsOnlyRemembered) {
  Feed feed;
  feed.SentUpTo(Seq(5));
  feed.busy = true;
  EXPECT_EQ(feed.OnChange(Seq(6)), Arrival::kLater);
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
}

TEST(Feed, OnConversation_New_ComesBeforeItsFirstChange) {
  Feed feed;
  feed.OnConversation(Seq(4));
  EXPECT_EQ(feed.NextStep(), Step::kInbox);
  EXPECT_EQ(feed.OnChange(Seq(4)), Arrival::kLater);
  feed.InboxSent();
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  EXPECT_EQ(feed.sent(), Seq(3));
}

TEST(Feed, OnConversation_OwnPositionBeforeAnyChange_LeavesTheFirstChangeToSetTheStart) {
  Feed feed;
  feed.OnConversation(Seq());
  feed.InboxSent();
  EXPECT_EQ(feed.OnChange(Seq(9)), Arrival::kSendNow);
}

TEST(Feed, OnLeft_LastChangeFirst_ThenLeft_ThenOver) {
  Feed feed;
  feed.SentUpTo(Seq(5));
  feed.busy = true;
  EXPECT_EQ(feed.OnChange(Seq(6)), Arrival::kLater);
  feed.OnLeft(Seq(6));
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  feed.SentUpTo(Seq(6));
  EXPECT_EQ(feed.NextStep(), Step::kLeft);
  EXPECT_TRUE(feed.Left());
}

TEST(Feed, OnLeft_AndBackAgain_SaysLeftThenTheConversationThenItsChanges) {
  Feed feed;
  feed.SentUpTo(Seq(5));
  feed.busy = true;
  feed.OnChange(Seq(6));
  feed.OnLeft(Seq(6));
  feed.OnConversation(Seq(9));
  feed.OnChange(Seq(9));
  EXPECT_EQ(feed.last_wanted(), Seq(6));
  feed.SentUpTo(Seq(6));
  EXPECT_EQ(feed.NextStep(), Step::kLeft);
  EXPECT_FALSE(feed.Left());
  EXPECT_EQ(feed.NextStep(), Step::kInbox);
  feed.InboxSent();
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  EXPECT_EQ(feed.sent(), Seq(8));
  EXPECT_EQ(feed.last_wanted(), Seq(9));
}

TEST(Feed, OnLeft_OfAStayThatWasNeverTold_TellsNothingOfIt) {
  Feed feed;
  feed.SentUpTo(Seq(5));
  feed.busy = true;
  feed.OnChange(Seq(6));
  feed.OnLeft(Seq(6));
  // 7 and 8 are of others; then they are added with 9, and removed with 12.
  feed.OnConversation(Seq(9));
  for (std::uint64_t seq = 9; seq <= 12; ++seq) feed.OnChange(Seq(seq));
  feed.OnLeft(Seq(12));
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  EXPECT_EQ(feed.sent(), Seq(5));
  EXPECT_EQ(feed.last_wanted(), Seq(6));
  feed.SentUpTo(Seq(6));
  EXPECT_EQ(feed.NextStep(), Step::kLeft);
  EXPECT_TRUE(feed.Left());
}

TEST(Feed, OnLeft_OfAStayBeforeTheOneThatTheClientHolds_IsNotToldAnyMore) {
  Feed feed;
  feed.busy = true;
  feed.OnChange(Seq(6));
  feed.OnLeft(Seq(6));
  feed.OnConversation(Seq(9));
  feed.OnChange(Seq(9));
  feed.SentUpTo(Seq(9));  // a resume named it: it was in a list that was read meanwhile
  EXPECT_EQ(feed.NextStep(), Step::kInbox);
  feed.InboxSent();
  EXPECT_EQ(feed.NextStep(), Step::kNothing);
}

TEST(Feed, OnLeft_OfTheStayThatTheClientHolds_IsTold_WhateverWasBeforeIt) {
  Feed feed;
  feed.busy = true;
  feed.OnChange(Seq(6));
  feed.OnLeft(Seq(6));
  feed.OnConversation(Seq(9));
  for (std::uint64_t seq = 9; seq <= 12; ++seq) feed.OnChange(Seq(seq));
  feed.OnLeft(Seq(12));
  feed.SentUpTo(Seq(9));
  EXPECT_EQ(feed.NextStep(), Step::kChanges);
  EXPECT_EQ(feed.last_wanted(), Seq(12));
  feed.SentUpTo(Seq(12));
  EXPECT_EQ(feed.NextStep(), Step::kLeft);
  EXPECT_TRUE(feed.Left());
}

TEST(Feed, AnEarlierLeavingThatIsFoundInTheLog_EndsTheRun) {
  Feed feed;
  feed.SentUpTo(Seq(3));
  feed.OnLeft(Seq(14));
  EXPECT_EQ(feed.last_wanted(), Seq(14));
  feed.SentUpTo(Seq(4));
  feed.OnLeft(Seq(4));
  EXPECT_EQ(feed.NextStep(), Feed::Step::kLeft);
  EXPECT_TRUE(feed.Left());
}

TEST(Feed, AHeadOfWhatWasNeverHeardOf_IsDoubtful_UntilItIsRead) {
  Feed feed;
  feed.OnHead(Seq(7));
  EXPECT_TRUE(feed.doubtful());
  EXPECT_EQ(feed.NextStep(), Feed::Step::kInbox);
  feed.InboxSent();
  feed.Confirmed();
  EXPECT_FALSE(feed.doubtful());
  EXPECT_EQ(feed.NextStep(), Feed::Step::kNothing);
}

TEST(Feed, AHeadThatCameBeforeAResume_LeavesNoDoubt_AndWhatFollowsIsSentInOrder) {
  Feed feed;
  feed.OnHead(Seq(7));
  feed.busy = true;
  EXPECT_EQ(feed.OnChange(Seq(8)), Feed::Arrival::kLater);
  feed.busy = false;
  feed.LevelAt(Seq(7));
  EXPECT_FALSE(feed.doubtful());
  EXPECT_EQ(feed.NextStep(), Feed::Step::kChanges)
      << "8 is not to be skipped with the conversation";
  EXPECT_EQ(feed.sent(), Seq(7));
  EXPECT_EQ(feed.last_wanted(), Seq(8));
}

TEST(Feed, Gone_ShowsNothingMore) {
  Feed feed;
  feed.SentUpTo(Seq(3));
  feed.OnHead(Seq(9));
  EXPECT_EQ(feed.NextStep(), Feed::Step::kChanges);
  feed.OnGone();
  EXPECT_EQ(feed.NextStep(), Feed::Step::kLeft);
}

}  // namespace
}  // namespace parley::gateway
