#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/testing/cached_store_fixture.h"

namespace parley::storage::cached {
namespace {

using std::chrono::milliseconds;

/// Two nodes with caches of their own on one store. What one tells the other hears, if the test
/// wants it to.
class SharedStoreTest : public CachedStoreFixture {
 protected:
  SharedStore Sharing(CachedStore** other) {
    SharedStore shared;
    shared.ages.max_age = milliseconds(5'000);
    shared.ages.now = [this] { return now_; };
    shared.tell = [this, other](const CacheNews& news) {
      ++told_;
      if (heard_) (*other)->Hear(*DecodeNews(EncodeNews(news)));
    };
    return shared;
  }

  static bool IsMember(CachedStore& node, UserId user, ConversationId id) {
    return Run(node.conversations().FindMembership(user, id))->has_value();
  }
  static StatusCode FindSession(CachedStore& node, const Session& session) {
    return Run(node.accounts().FindSession(session.token_hash)).status().code();
  }
  static Seq HeadAt(CachedStore& node, ConversationId id) {
    return (*Run(node.conversations().ReadSnapshot(id, ReadMode::kCached)))->head.seq;
  }
  std::vector<EntryPtr> EntriesAt(CachedStore& node, ConversationId id, Seq after,
                                  std::size_t limit = 100) {
    return *Run(node.conversations().ReadEntries(id, after, limit, 100'000));
  }
  void CommitAt(CachedStore& node, LogBuilder& log) {
    ASSERT_EQ(Append(node, log.Take()), AppendOutcome::kCommitted);
  }

  std::chrono::steady_clock::time_point now_{};
  bool heard_ = false;
  int told_ = 0;
  CachedStore* a_ptr_ = nullptr;
  CachedStore* b_ptr_ = nullptr;
  CachedStore a_{fake_, {}, Sharing(&b_ptr_)};
  CachedStore b_{fake_, {}, Sharing(&a_ptr_)};

  void SetUp() override {
    a_ptr_ = &a_;
    b_ptr_ = &b_;
  }
};

TEST_F(SharedStoreTest, MembershipWrittenElsewhere_IsSeenAtOnce_AndNobodyIsTold) {
  LogBuilder log({anna_, ben_});
  log.Message(anna_, "hello");
  CommitAt(a_, log);
  ASSERT_TRUE(IsMember(b_, ben_, log.id()));
  const Position position{.read = Seq(2), .read_n = 1, .delivered = Seq(2)};
  ASSERT_TRUE(Run(a_.conversations().WritePositions({{.conversation = log.id(),
                                                      .user = ben_,
                                                      .joined_seq = Seq(1),
                                                      .position = position,
                                                      .at = LogBuilder::TimeOf(Seq(9))}}))
                  .ok());
  EXPECT_EQ((*Run(b_.conversations().FindMembership(ben_, log.id())))->position, position);
  log.Remove(ben_);
  CommitAt(a_, log);
  EXPECT_FALSE(IsMember(b_, ben_, log.id()));
  log.Add(ben_);
  CommitAt(a_, log);
  EXPECT_TRUE(IsMember(b_, ben_, log.id()));
  EXPECT_EQ(told_, 0);
}

TEST_F(SharedStoreTest, Session_EndedElsewhere_IsBelievedForTheAgeAlone) {
  const Session session = NewSession(anna_);
  now_ += milliseconds(1'000);
  EXPECT_EQ(FindSession(b_, session), StatusCode::kOk);
  ASSERT_TRUE(Run(a_.accounts().DeleteSession(anna_, session.id)).ok());
  EXPECT_EQ(FindSession(a_, session), StatusCode::kNotFound);
  now_ += milliseconds(4'999);
  EXPECT_EQ(FindSession(b_, session), StatusCode::kOk);
  now_ += milliseconds(1);
  EXPECT_EQ(FindSession(b_, session), StatusCode::kNotFound);
}

TEST_F(SharedStoreTest, Age_CountsFromWhenTheReadBegan) {
  const Session session = NewSession(anna_);
  controls().HoldReads();
  const auto slow = Start(b_.accounts().FindSession(session.token_hash));
  now_ += milliseconds(4'000);
  ASSERT_TRUE(Run(fake_.accounts().DeleteSession(anna_, session.id)).ok());
  Release();
  shard_.RunUntilIdle();
  EXPECT_TRUE((*slow)->ok());
  EXPECT_EQ(FindSession(b_, session), StatusCode::kOk);
  now_ += milliseconds(1'000);
  EXPECT_EQ(FindSession(b_, session), StatusCode::kNotFound);
}

TEST_F(SharedStoreTest, OldRead_IsNotJoined) {
  const Session session = NewSession(anna_);
  controls().HoldReads();
  const auto slow = Start(b_.accounts().FindSession(session.token_hash));
  now_ += milliseconds(5'000);
  const auto later = Start(b_.accounts().FindSession(session.token_hash));
  EXPECT_EQ(controls().held_reads(), 2U);
  Release();
  shard_.RunUntilIdle();
}

TEST_F(SharedStoreTest, WhatIsTold_IsForgottenAtOnce) {
  heard_ = true;
  const User user = NewUser();
  const Session session = NewSession(user.id);
  ASSERT_EQ(FindSession(b_, session), StatusCode::kOk);
  ASSERT_EQ(Run(b_.accounts().FindUser(user.id))->display_name, "");

  UserPatch patch;
  patch.display_name = "Anna B.";
  ASSERT_TRUE(Run(a_.accounts().UpdateUser(user.id, patch)).ok());
  EXPECT_EQ(Run(b_.accounts().FindUser(user.id))->display_name, "Anna B.");
  ASSERT_TRUE(Run(a_.accounts().DeleteSession(user.id, session.id)).ok());
  EXPECT_EQ(FindSession(b_, session), StatusCode::kNotFound);
}

TEST_F(SharedStoreTest, DisablingSomebody_EndsTheirSessionsEverywhere) {
  heard_ = true;
  const User user = NewUser();
  const Session session = NewSession(user.id);
  ASSERT_EQ(FindSession(b_, session), StatusCode::kOk);
  AccountChange change;
  change.disabled = true;
  change.sessions = SessionsAfter::kEnded;
  ASSERT_TRUE(Run(a_.admin().ChangeAccount(user.id, change)).ok());
  EXPECT_EQ(FindSession(b_, session), StatusCode::kNotFound);
  EXPECT_TRUE(Run(b_.accounts().FindUser(user.id))->disabled);
}

TEST_F(SharedStoreTest, JoinedReadThatFoundNothing_IsReadAgain) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  const User user{.id = NewId<UserId>(),
                  .username = "zoe",
                  .display_name = "",
                  .email = {},
                  .avatar = {},
                  .admin = false,
                  .created_at = {},
                  .last_active_at = {}};
  controls().HoldReads();
  const auto early = Start(b_.conversations().FindMembership(ben_, log.id()));
  const auto early_user = Start(b_.accounts().FindUser(user.id));
  log.Add(ben_);
  CommitAt(a_, log);
  ASSERT_TRUE(Run(fake_.accounts().CreateUser(user, "hash")).ok());
  const auto later = Start(b_.conversations().FindMembership(ben_, log.id()));
  const auto later_users = Start(b_.accounts().FindUsers({user.id}));
  EXPECT_EQ(controls().held_reads(), 2U);
  Release();
  shard_.RunUntilIdle();
  EXPECT_FALSE((**early)->has_value());
  EXPECT_FALSE((*early_user)->ok());
  EXPECT_TRUE((**later)->has_value());
  EXPECT_EQ((**later_users)->size(), 1U);
}

TEST_F(SharedStoreTest, Forget_DropsAll_AndReadsUnderWayAreNotKept) {
  const Session kept = NewSession(anna_);
  const Session read = NewSession(ben_);
  ASSERT_EQ(FindSession(b_, kept), StatusCode::kOk);
  controls().HoldReads();
  const auto slow = Start(b_.accounts().FindSession(read.token_hash));
  ASSERT_TRUE(Run(fake_.accounts().DeleteSession(anna_, kept.id)).ok());
  ASSERT_TRUE(Run(fake_.accounts().DeleteSession(ben_, read.id)).ok());
  b_.Forget();
  Release();
  shard_.RunUntilIdle();
  EXPECT_TRUE((*slow)->ok());
  EXPECT_EQ(FindSession(b_, kept), StatusCode::kNotFound);
  EXPECT_EQ(FindSession(b_, read), StatusCode::kNotFound);
}

TEST_F(SharedStoreTest, SnapshotsAndLists_ShowWhatWasWrittenElsewhere) {
  LogBuilder log({anna_});
  for (std::uint64_t seq = 1; seq < 4; ++seq) {
    CommitAt(seq % 2 == 0 ? a_ : b_, log);
    for (CachedStore* node : {&a_, &b_}) {
      EXPECT_EQ(HeadAt(*node, log.id()), Seq(seq));
      EXPECT_EQ(Run(node->conversations().ReadSnapshots({log.id()}))->front()->head.seq, Seq(seq));
      EXPECT_EQ(Run(node->conversations().ReadMemberships(anna_))->size(), 1U);
    }
    log.Message(anna_, "hello");
  }
}

TEST_F(SharedStoreTest, SnapshotReadUnderWay_IsNotJoined_ButTheNextOneIs) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  controls().HoldReads();
  const auto early = Start(b_.conversations().ReadSnapshot(log.id(), ReadMode::kCached));
  log.Message(anna_, "hello");
  CommitAt(a_, log);
  std::vector<Pending<Result<SnapshotPtr>>> later;
  for (int i = 0; i < 5; ++i) {
    later.push_back(Start(b_.conversations().ReadSnapshot(log.id(), ReadMode::kCached)));
  }
  Release();
  shard_.RunUntilIdle();
  EXPECT_EQ((**early)->get()->head.seq, Seq(1));
  for (const auto& answer : later) EXPECT_EQ((**answer)->get()->head.seq, Seq(2));
  EXPECT_EQ(reads(ReadKind::kSnapshot), 2U);
}

TEST_F(SharedStoreTest, Entries_BelowTheEndOfWhatIsKept_AreReadOnce_AndTheEndIsReadAlways) {
  LogBuilder log({anna_});
  for (int i = 0; i < 20; ++i) log.Message(anna_, "hello");
  CommitAt(a_, log);
  EXPECT_EQ(EntriesAt(b_, log.id(), Seq(5)).size(), 16U);
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);
  EXPECT_EQ(EntriesAt(b_, log.id(), Seq(7), 3).size(), 3U);
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);

  log.Message(anna_, "from the other node");
  CommitAt(a_, log);
  const std::vector<EntryPtr> rest = EntriesAt(b_, log.id(), Seq(7));
  ASSERT_EQ(rest.size(), 15U);
  for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(*rest[i], *log.entries()[7 + i]);
  EXPECT_EQ(reads(ReadKind::kEntries), 2U);
  EXPECT_EQ(EntriesAt(b_, log.id(), Seq(19), 3).back()->seq, Seq(22));
  EXPECT_EQ(reads(ReadKind::kEntries), 2U);
  EXPECT_EQ(EntriesAt(b_, log.id(), Seq(2), 3).front()->seq, Seq(3));  // before what is kept
  EXPECT_EQ(reads(ReadKind::kEntries), 3U);
}

TEST_F(SharedStoreTest, Entries_ReadByManyAtOnce_AreOneReadFromTheEnd) {
  LogBuilder log({anna_});
  for (int i = 0; i < 10; ++i) log.Message(anna_, "hello");
  CommitAt(a_, log);
  ASSERT_EQ(EntriesAt(b_, log.id(), Seq(0)).size(), 11U);
  log.Message(anna_, "later");
  CommitAt(a_, log);
  controls().HoldReads();
  const auto busy = Start(b_.conversations().ReadEntries(log.id(), Seq(11), 100, 100'000));
  std::vector<Pending<Result<std::vector<EntryPtr>>>> answers;
  for (std::uint64_t i = 0; i < 10; ++i) {
    answers.push_back(Start(b_.conversations().ReadEntries(log.id(), Seq(i), 100, 100'000)));
  }
  Release();
  shard_.RunUntilIdle();
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ((**answers[i])->size(), 12 - i);
  EXPECT_EQ(reads(ReadKind::kEntries), 3U);
}

TEST_F(SharedStoreTest, Messages_UpToTheEndOfWhatIsKept_NeedNoRead_AndWhatIsBehindDoes) {
  LogBuilder log({anna_});
  for (int i = 0; i < 20; ++i) log.Message(anna_, "hello").Title("t");
  CommitAt(a_, log);
  ASSERT_EQ(EntriesAt(b_, log.id(), Seq(0)).size(), 41U);
  const auto page = [&](MessageSlice slice) {
    return *Run(b_.conversations().ReadMessages(log.id(), slice));
  };
  EXPECT_EQ(page({.anchor = Seq(42), .limit = 5}).back()->seq, Seq(40));
  EXPECT_EQ(page({.anchor = Seq(7), .limit = 5}).size(), 3U);
  EXPECT_EQ(reads(ReadKind::kMessages), 0U);

  log.Message(anna_, "from the other node");
  CommitAt(a_, log);
  EXPECT_EQ(page({.anchor = Seq(43), .limit = 5}).back()->seq, Seq(42));
  using enum MessageSlice::Direction;
  EXPECT_EQ(page({.direction = kAfter, .anchor = Seq(38), .limit = 5}).back()->seq, Seq(42));
  EXPECT_EQ(reads(ReadKind::kMessages), 2U);
}

TEST_F(SharedStoreTest, Entries_WithTightBounds_AreWhatTheStoreSays) {
  LogBuilder log({anna_});
  for (int i = 0; i < 30; ++i)
    log.Message(anna_, std::string(static_cast<std::size_t>(i) * 20, 'x'));
  CommitAt(a_, log);
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t after = 0; after < log.head().seq.value(); after += 3) {
      for (const std::size_t limit : {1, 4, 50}) {
        const std::vector<EntryPtr> got = EntriesAt(b_, log.id(), Seq(after), limit);
        const std::vector<EntryPtr> expected =
            *Run(fake_.conversations().ReadEntries(log.id(), Seq(after), limit, 100'000));
        EXPECT_EQ(got, expected) << after << " " << limit;
      }
    }
    log.Message(anna_, "more");
    CommitAt(round == 1 ? b_ : a_, log);
  }
}

}  // namespace
}  // namespace parley::storage::cached
