#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "storage/rocks/conversation_reads.h"
#include "storage/rocks/effects.h"
#include "storage/rocks/expiry.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/merges.h"
#include "storage/rocks/prefix_scan.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "wire/records.h"

// Rows as they lie in RocksDB: order and neighbours, merging, expiry.
namespace parley::storage::rocks {
namespace {

using namespace std::chrono_literals;

class RowsTest : public ::testing::Test {
 protected:
  RowsTest() {
    Result<std::unique_ptr<Database>> db = Database::Open({.path = folder_.path(),
                                                           .clock = &clock_,
                                                           .block_cache_bytes = 1'000'000,
                                                           .write_buffer_bytes = 8'000'000,
                                                           .min_free_bytes = 0});
    if (!db.ok()) std::abort();  // no test can do without
    db_ = *std::move(db);
  }

  void Put(Family family, std::string_view key, std::string_view value = "") {
    rocksdb::WriteBatch batch;
    ASSERT_TRUE(batch.Put(db_->family(family), key, value).ok());
    ASSERT_EQ(db_->Write(batch, Durability::kLogged), WriteOutcome::kWritten);
  }

  template <class Record>
  void PutRecord(Family family, std::string_view key, const Record& record) {
    std::string value;
    wire::AppendRecord(value, record);
    Put(family, key, value);
  }

  void Apply(ConversationId conversation, const Effects& effects) {
    rocksdb::WriteBatch batch;
    BatchWriter(*db_).AddEffects(batch, conversation, effects, Seq(1));
    ASSERT_EQ(db_->Write(batch, Durability::kLogged), WriteOutcome::kWritten);
  }

  void Merge(const PositionRow& row) {
    rocksdb::WriteBatch batch;
    BatchWriter(*db_).MergePositions(batch, {row});
    ASSERT_EQ(db_->Write(batch, Durability::kLogged), WriteOutcome::kWritten);
  }

  /// Writes what is in memory to files.
  void Flush(Family family) {
    ASSERT_TRUE(db_->db().Flush(rocksdb::FlushOptions(), db_->family(family)).ok());
  }

  void Compact(Family family) {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    ASSERT_TRUE(db_->db().CompactRange(options, db_->family(family), nullptr, nullptr).ok());
  }

  std::size_t Count(Family family) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    std::unique_ptr<rocksdb::Iterator> rows(db_->db().NewIterator(options, db_->family(family)));
    std::size_t count = 0;
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) ++count;
    EXPECT_TRUE(rows->status().ok());
    return count;
  }

  FakeClock clock_;
  ScratchFolder folder_;
  std::unique_ptr<Database> db_;
};

/// Ids at the edges of the order of bytes, next to each other.
template <class IdType>
std::vector<IdType> Neighbours() {
  std::vector<IdType> ids;
  for (const int byte : {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF}) {
    Uuid::Bytes bytes;
    bytes.fill(static_cast<std::uint8_t>(byte));
    for (const int last : {0x00, 0xFF}) {
      bytes.back() = static_cast<std::uint8_t>(last);
      if (ids.empty() || ids.back() != IdType(Uuid(bytes))) ids.emplace_back(Uuid(bytes));
    }
  }
  return ids;
}

TEST(Keys, AreInTheOrderOfTheirSeqs) {
  const ConversationId id = Neighbours<ConversationId>()[3];
  std::string last;
  for (const std::uint64_t seq : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255},
                                  std::uint64_t{256}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    const std::string key(LogKey(id, LogClass::kMessage, Seq(seq)).view());
    EXPECT_GT(key, last);
    EXPECT_EQ(SeqAtEnd(key), Seq(seq));
    last = key;
  }
  EXPECT_GT(std::string(LogPrefix(id, LogClass::kOther).view()), last);
}

TEST(PrefixScan, EndOfPrefix_IsTheFirstKeyBehind) {
  EXPECT_EQ(EndOfPrefix("ab"), "ac");
  EXPECT_EQ(EndOfPrefix("a\xFF\xFF"), "b");
  EXPECT_EQ(EndOfPrefix("\xFF\xFF"), "");
  EXPECT_EQ(EndOfPrefix(""), "");
}

TEST_F(RowsTest, Scans_NeverShowANeighboursRows) {
  const auto conversations = Neighbours<ConversationId>();
  const auto users = Neighbours<UserId>();
  for (const ConversationId& conversation : conversations) {
    for (const UserId& user : users) {
      const Member member{.user = user, .joined_at = {}, .joined_seq = Seq(1), .first_seq = Seq(1)};
      Apply(conversation, {.info = {},
                           .members = {{.user = user, .member = member, .seq = Seq(1), .at = {}}},
                           .sent = {},
                           .mentions = {{.user = user, .seq = Seq(7)},
                                        {.user = user, .seq = Seq(~std::uint64_t{0})}},
                           .positions = {}});
    }
  }
  const ConversationReads reads(*db_);
  for (const bool in_files : {false, true}) {
    SCOPED_TRACE(in_files ? "in files" : "in memory");
    if (in_files) {
      Flush(Family::kMemberships);
      Flush(Family::kMentions);
      Flush(Family::kMembers);
    }
    for (const UserId& user : users) {
      const Result<std::vector<Membership>> memberships = reads.ReadMemberships(user);
      ASSERT_TRUE(memberships.ok());
      std::vector<ConversationId> found;
      for (const Membership& membership : *memberships) found.push_back(membership.conversation);
      EXPECT_EQ(found, conversations);
      for (const ConversationId& conversation : conversations) {
        EXPECT_EQ(*reads.CountMentions(user, conversation, Seq(), 9), 2U);
        EXPECT_EQ(*reads.CountMentions(user, conversation, Seq(7), 9), 1U);
      }
    }
    for (const ConversationId& conversation : conversations) {
      PrefixScan scan(*db_, Family::kMembers, Key().Add(conversation));
      std::vector<UserId> found;
      for (scan.Seek(scan.prefix()); scan.Valid(); scan.Next()) {
        found.push_back(IdAtEnd<UserId>(scan.key()));
      }
      EXPECT_EQ(found, users);
    }
  }
}

TEST_F(RowsTest, Messages_NeverShowANeighboursLog) {
  const auto conversations = Neighbours<ConversationId>();
  const Seq last(~std::uint64_t{0});
  BatchWriter writer(*db_);
  for (const ConversationId& conversation : conversations) {
    rocksdb::WriteBatch batch;
    for (const Seq seq : {Seq(1), Seq(2), Seq(last.value() - 1)}) {
      Entry entry{
          .conversation = conversation, .seq = seq, .n = 0, .at = {}, .actor = {}, .body = {}};
      writer.AddEntry(batch, entry);
      entry.body = MembersBody();
      entry.seq = Seq(seq.value() + 1'000'000);
      if (seq < Seq(9)) writer.AddEntry(batch, entry);
    }
    ASSERT_EQ(db_->Write(batch, Durability::kLogged), WriteOutcome::kWritten);
  }
  const ConversationReads reads(*db_);
  for (const bool in_files : {false, true}) {
    SCOPED_TRACE(in_files ? "in files" : "in memory");
    if (in_files) Flush(Family::kLog);
    for (const ConversationId& conversation : conversations) {
      for (const auto direction :
           {MessageSlice::Direction::kBefore, MessageSlice::Direction::kAfter}) {
        const Seq anchor = direction == MessageSlice::Direction::kBefore ? last : Seq();
        const Result<std::vector<EntryPtr>> messages = reads.ReadMessages(
            conversation, {.direction = direction, .anchor = anchor, .limit = 100});
        ASSERT_TRUE(messages.ok());
        ASSERT_EQ(messages->size(), 3U);
        for (const EntryPtr& message : *messages) EXPECT_EQ(message->conversation, conversation);
      }
    }
  }
}

TEST_F(RowsTest, EntryMissingInTheLog_IsDataLoss) {
  const ConversationId conversation = Neighbours<ConversationId>()[2];
  BatchWriter writer(*db_);
  rocksdb::WriteBatch batch;
  for (const Seq seq : {Seq(1), Seq(3)}) {
    writer.AddEntry(batch, {.conversation = conversation,
                            .seq = seq,
                            .n = 0,
                            .at = {},
                            .actor = {},
                            .body = MessageBody()});
  }
  ASSERT_EQ(db_->Write(batch, Durability::kLogged), WriteOutcome::kWritten);
  const ConversationReads reads(*db_);
  EXPECT_EQ(reads.ReadEntries(conversation, Seq(), 1, 1'000)->size(), 1U);
  EXPECT_EQ(reads.ReadEntries(conversation, Seq(), 2, 1'000).status().code(),
            StatusCode::kDataLoss);
}

TEST_F(RowsTest, MayExist_AnswersNo_OnlyForRowsThatAreNot) {
  for (int i = 0; i < 2'000; ++i) Put(Family::kSent, "there" + std::to_string(i));
  Flush(Family::kSent);
  int maybe = 0;
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(db_->MayExist(Family::kSent, "there" + std::to_string(i)));
    maybe += db_->MayExist(Family::kSent, "not there" + std::to_string(i)) ? 1 : 0;
  }
  EXPECT_LT(maybe, 100) << "the filter tells nothing";
}

// -- Merging --------------------------------------------------------------------------------------

TEST_F(RowsTest, Positions_MergedInAnyPieces_AreTheSame) {
  std::mt19937 random(7);
  const auto roll = [&random](std::uint64_t below) { return random() % below; };
  const UserId user = Neighbours<UserId>()[0];
  for (int round = 0; round < 20; ++round) {
    Uuid::Bytes bytes{};
    bytes[0] = static_cast<std::uint8_t>(round);
    const ConversationId conversation{Uuid(bytes)};
    std::optional<wire::PositionRecord> expected;
    for (int i = 0; i < 60; ++i) {
      const PositionRow row{.conversation = conversation,
                            .user = user,
                            .joined_seq = Seq(1 + roll(3)),
                            .position = {.read = Seq(1 + roll(50)),
                                         .read_n = roll(50),
                                         .delivered = Seq(1 + roll(50))},
                            .at = FromMillis(1'000 + i)};
      Merge(row);
      if (!expected || expected->joined_seq < row.joined_seq) {
        expected = {.joined_seq = row.joined_seq, .position = row.position, .at = row.at};
      } else if (expected->joined_seq == row.joined_seq &&
                 expected->position.MergeFrom(row.position)) {
        expected->at = row.at;
      }
      if (roll(10) == 0) Flush(Family::kPositions);
    }
    rocksdb::PinnableSlice value;
    ASSERT_TRUE(*db_->Get(Family::kPositions, PairKey(user, conversation), value));
    const Result<wire::PositionRecord> stored = wire::ReadPositionRecord(value.ToStringView());
    EXPECT_EQ(stored->joined_seq, expected->joined_seq);
    EXPECT_EQ(stored->position, expected->position);
    EXPECT_GE(stored->at, expected->at);
  }
  Compact(Family::kPositions);
  EXPECT_EQ(Count(Family::kPositions), 20U);
}

TEST_F(RowsTest, PositionOfASender_IsWhatItIs_WhateverWasOrIsMerged) {
  const auto row = [](std::uint64_t seq) {
    return PositionRow{.conversation = Neighbours<ConversationId>()[0],
                       .user = Neighbours<UserId>()[0],
                       .joined_seq = Seq(1),
                       .position = {.read = Seq(seq), .read_n = seq, .delivered = Seq(seq)},
                       .at = FromMillis(1'000)};
  };
  Merge(row(5));
  Apply(row(7).conversation,
        {.info = {}, .members = {}, .sent = {}, .mentions = {}, .positions = {row(7)}});
  Merge(row(6));  // was on its way meanwhile
  rocksdb::PinnableSlice value;
  ASSERT_TRUE(*db_->Get(Family::kPositions, PairKey(row(0).user, row(0).conversation), value));
  EXPECT_EQ(wire::ReadPositionRecord(value.ToStringView())->position, row(7).position);
}

TEST_F(RowsTest, PositionThatSaysNothing_IsNoRow) {
  Merge(PositionRow());
  Apply(Neighbours<ConversationId>()[0],
        {.info = {}, .members = {}, .sent = {}, .mentions = {}, .positions = {PositionRow()}});
  EXPECT_EQ(Count(Family::kPositions), 0U);
}

// -- Expiry ---------------------------------------------------------------------------------------

TEST_F(RowsTest, Sends_AreDroppedAfterTheWindow) {
  const auto at = clock_.Now();
  PutRecord(Family::kSent, "old", wire::SentRecord{.seq = Seq(1), .at = at});
  PutRecord(Family::kSent, "new", wire::SentRecord{.seq = Seq(2), .at = at + 48h});
  Put(Family::kSent, "damaged", "?");
  clock_.Advance(kIdempotencyWindow);
  Compact(Family::kSent);
  EXPECT_EQ(Count(Family::kSent), 3U) << "within the window";
  clock_.Advance(kExpiryMargin + 1s);
  Compact(Family::kSent);
  EXPECT_EQ(Count(Family::kSent), 2U);
  rocksdb::PinnableSlice value;
  EXPECT_FALSE(*db_->Get(Family::kSent, "old", value));
}

TEST_F(RowsTest, RowsOfPeopleWhoLeft_AreDropped_AndMembersStay) {
  for (const Family family : {Family::kMembers, Family::kMemberships}) {
    const std::string key(32, 'k');
    PutRecord(family, key, wire::MemberRecord{.seq = Seq(1), .at = {}, .member = Member()});
    Flush(family);
    PutRecord(family, key,
              wire::MemberRecord{.seq = Seq(2), .at = clock_.Now(), .member = std::nullopt});
    PutRecord(family, std::string(32, 'm'),
              wire::MemberRecord{.seq = Seq(1), .at = FromMillis(1), .member = Member()});
  }
  clock_.Advance(kLeftLifetime);
  for (const Family family : {Family::kMembers, Family::kMemberships}) {
    Compact(family);
    EXPECT_EQ(Count(family), 2U);
  }
  clock_.Advance(kExpiryMargin + 1s);
  for (const Family family : {Family::kMembers, Family::kMemberships}) {
    Compact(family);
    EXPECT_EQ(Count(family), 1U) << "and the older row does not come back";
  }
}

TEST_F(RowsTest, UsesOfSessions_AreDroppedWithTheSession) {
  Put(Family::kSessionUses, std::string(32, 'a'), EncodeTime(clock_.Now()));
  Put(Family::kSessionUses, std::string(32, 'b'), EncodeTime(clock_.Now() + 48h));
  clock_.Advance(kSessionLifetime + kExpiryMargin + 1s);
  Compact(Family::kSessionUses);
  EXPECT_EQ(Count(Family::kSessionUses), 1U);
}

}  // namespace
}  // namespace parley::storage::rocks
