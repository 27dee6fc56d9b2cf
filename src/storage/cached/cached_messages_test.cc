#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/testing/cached_store_fixture.h"

// Pages of messages from the entries that are kept.
namespace parley::storage::cached {
namespace {

using Direction = MessageSlice::Direction;

class CachedMessagesTest : public CachedStoreFixture {
 protected:
  auto Newest(const LogBuilder& log, std::size_t limit) {
    return cached_.conversations().ReadMessages(log.id(),
                                                {.anchor = log.head().seq.Next(), .limit = limit});
  }
  static std::vector<Seq> SeqsOf(const Result<std::vector<EntryPtr>>& entries) {
    std::vector<Seq> seqs;
    for (const EntryPtr& entry : *entries) seqs.push_back(entry->seq);
    return seqs;
  }
  /// Any slice is what the store beneath says.
  void ExpectSameSlices(const LogBuilder& log) {
    for (const Direction direction : {Direction::kBefore, Direction::kAfter}) {
      for (std::uint64_t anchor = 0; anchor <= log.head().seq.value() + 2; ++anchor) {
        for (const std::size_t limit : {1, 3, 100}) {
          const MessageSlice slice{.direction = direction, .anchor = Seq(anchor), .limit = limit};
          EXPECT_EQ(SeqsOf(Run(cached_.conversations().ReadMessages(log.id(), slice))),
                    SeqsOf(Run(fake_.conversations().ReadMessages(log.id(), slice))))
              << "anchor " << anchor << ", limit " << limit;
        }
      }
    }
  }
  std::uint64_t messages_read() { return reads(ReadKind::kMessages); }
};

TEST_F(CachedMessagesTest, NewestPage_IsReadOnce_AndKeptUpToDate) {
  LogBuilder log({anna_});
  for (int i = 0; i < 400; ++i) log.Message(anna_, "hello");
  CommitBeneath(log);
  EXPECT_EQ(Run(Newest(log, 50))->size(), 50U);
  EXPECT_EQ(messages_read(), 1U);
  for (int i = 0; i < 10; ++i) {
    log.Message(anna_, "later").Title("t");
    Commit(log);
    const auto page = *Run(Newest(log, 50));
    EXPECT_EQ(page.size(), 50U);
    EXPECT_EQ(*page.back(), *log.last_message());
  }
  EXPECT_EQ(messages_read(), 1U);
  EXPECT_EQ(reads(ReadKind::kEntries), 0U);
}

TEST_F(CachedMessagesTest, LongerPageOrRun_AfterAShortOne_ReadsAllThatIsKept_Once) {
  for (const bool page : {true, false}) {
    LogBuilder log({anna_});
    for (int i = 0; i < 400; ++i) log.Message(anna_, "hello");
    CommitBeneath(log);
    ASSERT_EQ(Run(Newest(log, 10))->size(), 10U);
    const std::uint64_t before = reads(ReadKind::kEntries);
    for (int i = 0; i < 3; ++i) {
      if (page) {
        EXPECT_EQ(Run(Newest(log, 100))->size(), 100U);
      } else {
        EXPECT_EQ(Entries(log.id(), Seq(301)).size(), 100U);
      }
    }
    EXPECT_EQ(reads(ReadKind::kEntries), before + 1);
  }
  EXPECT_EQ(messages_read(), 2U);
}

TEST_F(CachedMessagesTest, LogThatEndsWithNoMessage_IsReadRight) {
  LogBuilder log({anna_});
  log.Message(anna_, "one").Message(anna_, "two").Title("t");
  CommitBeneath(log);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(SeqsOf(Run(Newest(log, 50))), (std::vector{Seq(2), Seq(3)}));
  EXPECT_EQ(Entries(log.id(), Seq(0)).size(), 4U);
  EXPECT_EQ(SeqsOf(Run(Newest(log, 50))), (std::vector{Seq(2), Seq(3)}));
}

TEST_F(CachedMessagesTest, EverySlice_OfAnyRing_IsThatOfTheStore) {
  LogBuilder log({anna_});
  log.Message(anna_, "3").Title("b").Message(anna_, "5").Title("c").Title("d");
  for (int i = 0; i < 5; ++i) log.Message(anna_, "m");
  CommitBeneath(log);
  ASSERT_EQ(Run(Newest(log, 4))->size(), 4U);  // a ring of four
  ExpectSameSlices(log);                       // and a longer one then
  log.Title("e").Message(anna_, "after");
  Commit(log);
  ExpectSameSlices(log);
}

TEST_F(CachedMessagesTest, Page_ThatACommitOvertakes_IsNotKept) {
  LogBuilder log({anna_});
  log.Message(anna_, "before");
  CommitBeneath(log);
  ASSERT_EQ(HeadOf(log.id()), Seq(2));
  controls().HoldReads();
  const auto early = Start(Newest(log, 50));
  LogBuilder later = log;
  later.Message(anna_, "after");
  Commit(later);
  Release();
  shard_.RunUntilIdle();
  EXPECT_TRUE((*early)->ok());
  EXPECT_EQ(SeqsOf(Run(Newest(later, 50))), (std::vector{Seq(2), Seq(3)}));
}

TEST_F(CachedMessagesTest, PagesAtOnce_AreOneRead) {
  LogBuilder log({anna_});
  for (int i = 0; i < 9; ++i) log.Message(anna_, "hello");
  CommitBeneath(log);
  ASSERT_EQ(HeadOf(log.id()), Seq(10));
  controls().HoldReads();
  std::vector<Pending<Result<std::vector<EntryPtr>>>> pages;
  for (int i = 0; i < 5; ++i) pages.push_back(Start(Newest(log, 5)));
  EXPECT_EQ(controls().held_reads(), 1U);
  Release();
  shard_.RunUntilIdle();
  for (const auto& page : pages) EXPECT_EQ((**page)->size(), 5U);
  EXPECT_EQ(messages_read(), 1U);
}

TEST_F(CachedMessagesTest, NoSuchConversation_HasNoMessages) {
  const auto none = Run(Newest(LogBuilder({anna_}), 10));
  EXPECT_TRUE(none.ok() && none->empty());
}

}  // namespace
}  // namespace parley::storage::cached
