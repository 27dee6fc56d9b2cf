#include "storage/cassandra/log_batches.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;

/// Entries behind a head: "m" a message, "t" another entry.
AppendRequest Request(const Head& head, const std::string& kinds, std::size_t text_bytes = 1) {
  AppendRequest request;
  request.expected_head = head.seq;
  request.new_head = head;
  for (const char kind : kinds) {
    auto entry = std::make_shared<Entry>();
    entry->seq = request.new_head.seq.Next();
    entry->n = request.new_head.n;
    entry->at = FromMillis(static_cast<std::int64_t>(entry->seq.value()) * 1'000);
    Head& next = request.new_head;
    next.seq = entry->seq;
    next.changed_at = entry->at;
    if (kind == 'm') {
      MessageBody body;
      body.text = std::string(text_bytes, 'x');
      entry->body = std::move(body);
      next.n = ++entry->n;
      next.last_message = entry->seq;
    } else {
      entry->body = ConversationBody();
    }
    if (kind == 'm' || entry->seq == Seq(1)) next.last_message_at = entry->at;
    request.entries.push_back(std::move(entry));
  }
  return request;
}

Head HeadAt(std::uint64_t seq) {
  return {.seq = Seq(seq),
          .n = 3,
          .last_message = Seq(2),
          .last_message_at = FromMillis(2'000),
          .changed_at = FromMillis(9'000)};
}

TEST(LogBuckets, EachHasAThousandSeqs) {
  EXPECT_EQ(BucketOf(Seq(0)), 0);
  EXPECT_EQ(BucketOf(Seq(1)), 0);
  EXPECT_EQ(BucketOf(Seq(1'000)), 0);
  EXPECT_EQ(BucketOf(Seq(1'001)), 1);
  EXPECT_EQ(LastOfBucket(0), Seq(1'000));
  EXPECT_EQ(LastOfBucket(BucketOf(Seq(1'001))), Seq(2'000));
  EXPECT_FALSE(EndsBucket(Seq(0)));
  EXPECT_FALSE(EndsBucket(Seq(999)));
  EXPECT_TRUE(EndsBucket(Seq(1'000)));
  EXPECT_EQ(SeqNumber(Seq(~std::uint64_t{0})), SeqNumber(kMaxSeq));
}

TEST(LogBatches, CutAppend_Mostly_IsOneBatch) {
  const AppendRequest request = Request({}, "tmtm");
  const std::vector<LogBatch> batches = CutAppend(request, kMegabyte);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].after, Seq(0));
  EXPECT_EQ(batches[0].head, request.new_head);
  EXPECT_EQ(batches[0].bucket(), 0);
  ASSERT_EQ(batches[0].rows.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const LogRow& row = batches[0].rows[i];
    EXPECT_EQ(row.seq, Seq(i + 1));
    EXPECT_EQ(row.log_class, i % 2 == 0 ? LogClass::kOther : LogClass::kMessage);
    EXPECT_EQ(*wire::ReadEntryRecord(row.bytes, {}, row.seq), *request.entries[i]);
  }
  EXPECT_FALSE(NeedsHeadBefore(batches));
}

TEST(LogBatches, CutAppend_EndsWithTheBucket) {
  const AppendRequest request = Request(HeadAt(998), "mmmt" + std::string(1'000, 'm'));
  const std::vector<LogBatch> batches = CutAppend(request, kMegabyte);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[0].head.seq, Seq(1'000));
  EXPECT_EQ(batches[0].bucket(), 0);
  EXPECT_EQ(batches[0].head.last_message, Seq(1'000));
  EXPECT_EQ(batches[0].head.n, 5U);
  EXPECT_EQ(batches[1].after, Seq(1'000));
  EXPECT_EQ(batches[1].head.seq, Seq(2'000));
  EXPECT_EQ(batches[1].bucket(), 1);
  EXPECT_EQ(batches[2].after, Seq(2'000));
  EXPECT_EQ(batches[2].head, request.new_head);
  EXPECT_FALSE(NeedsHeadBefore(batches));
}

TEST(LogBatches, CutAppend_StaysBelowTheBytes_ButTakesOneEntryEach) {
  const std::vector<LogBatch> some = CutAppend(Request(HeadAt(5), "mmmmm", 300), 1'000);
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some[0].rows.size(), 2U);
  EXPECT_EQ(some[2].rows.size(), 1U);
  const std::vector<LogBatch> each = CutAppend(Request(HeadAt(5), "mmm", 5'000), 1'000);
  ASSERT_EQ(each.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(each[i].after, Seq(5 + i));
    EXPECT_EQ(each[i].head.seq, Seq(6 + i));
    EXPECT_EQ(each[i].head.last_message, Seq(6 + i));
  }
}

TEST(LogBatches, CutAppend_EveryHeadKnowsHowLateClientIdsAre) {
  AppendRequest request = Request(HeadAt(998), "mmm");
  request.new_head.client_ids_until = FromMillis(7'000);
  const std::vector<LogBatch> batches = CutAppend(request, kMegabyte);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].head.client_ids_until, FromMillis(7'000));
  EXPECT_EQ(batches[1].head.client_ids_until, FromMillis(7'000));
}

TEST(LogBatches, NeedsHeadBefore_ABucketIsBegun) {
  EXPECT_TRUE(NeedsHeadBefore(CutAppend(Request(HeadAt(1'000), "m"), kMegabyte)));
  EXPECT_FALSE(NeedsHeadBefore(CutAppend(Request(HeadAt(999), "m"), kMegabyte)));
  EXPECT_FALSE(NeedsHeadBefore(CutAppend(Request({}, "tm"), 1)));
}

TEST(LogBatches, CompleteHeads_GivesTheLastMessageFromBefore) {
  const AppendRequest request = Request(HeadAt(10), "ttmt");
  std::vector<LogBatch> batches = CutAppend(request, 1);
  ASSERT_EQ(batches.size(), 4U);
  EXPECT_TRUE(NeedsHeadBefore(batches));
  CompleteHeads(batches, HeadAt(10));
  EXPECT_EQ(batches[1].head.seq, Seq(12));
  EXPECT_EQ(batches[1].head.n, 3U);
  EXPECT_EQ(batches[1].head.last_message, Seq(2));
  EXPECT_EQ(batches[1].head.last_message_at, FromMillis(2'000));
  EXPECT_EQ(batches[1].head.changed_at, FromMillis(12'000));
  EXPECT_EQ(batches[2].head.last_message, Seq(13));
  EXPECT_EQ(batches[3].head, request.new_head);
}

TEST(LogBatches, CutAppend_WithoutAMessage_KnowsTheLastOne) {
  const std::vector<LogBatch> batches = CutAppend(Request(HeadAt(10), "ttt"), 1);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_FALSE(NeedsHeadBefore(batches));
  for (const LogBatch& batch : batches) {
    EXPECT_EQ(batch.head.last_message, Seq(2));
    EXPECT_EQ(batch.head.last_message_at, FromMillis(2'000));
  }
}

TEST(LogBatches, CutAppend_OfACreation_HasItsTimeAsThatOfTheLastMessage) {
  const std::vector<LogBatch> batches = CutAppend(Request({}, "ttm"), 1);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[1].head.last_message, Seq(0));
  EXPECT_EQ(batches[1].head.last_message_at, FromMillis(1'000));
}

}  // namespace
}  // namespace parley::storage::cassandra
