#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/testing/cached_store_fixture.h"

namespace parley::storage::cached {
namespace {

class CachedFlightTest : public CachedStoreFixture {};

// -- Single flight --------------------------------------------------------------------------------

TEST_F(CachedFlightTest, Misses_AtOnce_AreOneRead) {
  LogBuilder log({anna_});
  CommitBeneath(log);
  const User user = NewUser();
  const Session session = NewSession(user.id);
  controls().HoldReads();
  std::vector<Pending<Result<SnapshotPtr>>> snapshots;
  std::vector<Pending<Result<std::vector<Membership>>>> memberships;
  std::vector<Pending<Result<User>>> users;
  std::vector<Pending<Result<Session>>> sessions;
  for (int i = 0; i < 10; ++i) {
    snapshots.push_back(Start(ReadSnapshot(log.id())));
    memberships.push_back(Start(ReadMemberships(anna_)));
    users.push_back(Start(cached_.accounts().FindUser(user.id)));
    sessions.push_back(Start(cached_.accounts().FindSession(session.token_hash)));
  }
  EXPECT_EQ(controls().held_reads(), 4U);
  Release();
  shard_.RunUntilIdle();
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ((**snapshots[i])->get()->head, log.head());
    EXPECT_EQ((**memberships[i])->size(), 1U);
    EXPECT_EQ(***users[i], user);
    EXPECT_EQ(***sessions[i], session);
  }
  EXPECT_EQ(reads(ReadKind::kSnapshot), 1U);
  EXPECT_EQ(reads(ReadKind::kMemberships), 1U);
  EXPECT_EQ(reads(ReadKind::kUser), 1U);
  EXPECT_EQ(reads(ReadKind::kSession), 1U);
  EXPECT_EQ(cached_.cache_stats().snapshots.joins, 9U);
}

TEST_F(CachedFlightTest, Misses_OnManyShards_AreOneRead) {
  LogBuilder log({anna_});
  CommitBeneath(log);
  controls().HoldReads();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(HeadOf(log.id()), Seq(1)); });
  }
  while (cached_.cache_stats().snapshots.joins < 3) std::this_thread::yield();
  while (controls().held_reads() < 1) std::this_thread::yield();
  Release();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(reads(ReadKind::kSnapshot), 1U);
}

TEST_F(CachedFlightTest, Misses_OfOverlappingMany_ReadEachOnce) {
  std::vector<ConversationId> ids;
  for (int i = 0; i < 4; ++i) {
    LogBuilder log({anna_});
    CommitBeneath(log);
    ids.push_back(log.id());
  }
  controls().HoldReads();
  ConversationStore& store = cached_.conversations();
  const auto one = Start(store.ReadSnapshots({ids[0], ids[1], ids[0]}));
  const auto two = Start(store.ReadSnapshots({ids[1], ids[2], NewId<ConversationId>()}));
  const auto three = Start(store.ReadSnapshots({ids[2], ids[1], ids[0]}));
  EXPECT_EQ(controls().held_reads(), 2U);
  Release();
  shard_.RunUntilIdle();
  const auto seen = [](const Pending<Result<std::vector<SnapshotPtr>>>& answer) {
    std::vector<ConversationId> found;
    for (const SnapshotPtr& snapshot : ***answer) found.push_back(snapshot->info.id);
    return found;
  };
  EXPECT_EQ(seen(one), (std::vector{ids[0], ids[1], ids[0]}));
  EXPECT_EQ(seen(two), (std::vector{ids[1], ids[2]}));
  EXPECT_EQ(seen(three), (std::vector{ids[2], ids[1], ids[0]}));
  EXPECT_EQ(reads(ReadKind::kSnapshots), 2U);
}

TEST_F(CachedFlightTest, ManyOfWhichSomeAreKept_AreAnsweredInOrder_AndTheOthersAreOneRead) {
  std::vector<ConversationId> ids;
  for (int i = 0; i < 100; ++i) {
    LogBuilder log({anna_});
    CommitBeneath(log);
    ids.push_back(log.id());
    if (i % 3 == 0) EXPECT_EQ(HeadOf(log.id()), log.head().seq);
  }
  const std::uint64_t hits = cached_.cache_stats().snapshots.hits;
  for (int round = 0; round < 2; ++round) {
    const auto snapshots = *Run(cached_.conversations().ReadSnapshots(ids));
    ASSERT_EQ(snapshots.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(snapshots[i]->info.id, ids[i]);
  }
  EXPECT_EQ(reads(ReadKind::kSnapshots), 1U);
  EXPECT_EQ(cached_.cache_stats().snapshots.hits - hits, 34U + 100U);
}

TEST_F(CachedFlightTest, Misses_OfEntriesAfterARestart_AreOneRead) {
  LogBuilder log({anna_});
  for (int i = 0; i < 20; ++i) log.Message(anna_, "hello");
  CommitBeneath(log);
  controls().HoldReads();
  std::vector<Pending<Result<std::vector<EntryPtr>>>> answers;
  for (std::uint64_t i = 0; i < 10; ++i) {
    answers.push_back(Start(cached_.conversations().ReadEntries(log.id(), Seq(i), 500, 100'000)));
  }
  while (controls().held_reads() > 0) {
    Release();
    shard_.RunUntilIdle();
  }
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ((**answers[i])->size(), 21 - i);
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);
}

TEST_F(CachedFlightTest, FailedRead_IsToldToAll_AndNotKept) {
  LogBuilder log({anna_});
  CommitBeneath(log);
  controls().HoldReads();
  const auto one = Start(ReadSnapshot(log.id()));
  const auto two = Start(ReadSnapshot(log.id()));
  controls().FailReads(Unavailable("the disk is gone"));
  Release();
  shard_.RunUntilIdle();
  EXPECT_EQ((*one)->status().code(), StatusCode::kUnavailable);
  EXPECT_EQ((*two)->status().code(), StatusCode::kUnavailable);
  controls().FailReads(Status::Ok());
  EXPECT_EQ(HeadOf(log.id()), Seq(1));
}

// -- Never older than an ack ----------------------------------------------------------------------

TEST_F(CachedFlightTest, Commit_ShowsNothingBefore_AndAllWhenAnswered) {
  LogBuilder log({anna_});
  Commit(log);
  controls().HoldCommits();
  log.Message(anna_, "hello");
  std::promise<Seq> at_ack;
  cached_.conversations().Append(log.Take(),
                                 [&](AppendOutcome) { at_ack.set_value(HeadOf(log.id())); });
  EXPECT_EQ(HeadOf(log.id()), Seq(1));
  EXPECT_EQ(HeadOf(log.id(), ReadMode::kFresh), Seq(1));
  controls().ReleaseCommits();
  EXPECT_EQ(at_ack.get_future().get(), Seq(2));
}

TEST_F(CachedFlightTest, Snapshot_ReadThatBeganBeforeACommit_IsNeitherJoinedNorKept) {
  for (const ReadMode mode : {ReadMode::kCached, ReadMode::kFresh}) {
    LogBuilder log({anna_});
    CommitBeneath(log);
    controls().HoldReads();
    const auto slow = Start(ReadSnapshot(log.id(), mode));
    log.Message(anna_, "hello");
    Commit(log);
    const auto later = Start(ReadSnapshot(log.id()));
    ASSERT_EQ(controls().held_reads(), 2U);
    Release();
    shard_.RunUntilIdle();
    EXPECT_EQ((**slow)->get()->head.seq, Seq(1));
    EXPECT_EQ((**later)->get()->head.seq, Seq(2));
    EXPECT_EQ(HeadOf(log.id()), Seq(2));
  }
}

TEST_F(CachedFlightTest, Snapshot_SlowReadThatEndsLast_ReplacesNothing) {
  for (const ReadMode mode : {ReadMode::kCached, ReadMode::kFresh}) {
    LogBuilder log({anna_});
    CommitBeneath(log);
    controls().HoldReads();
    const auto slow = Start(ReadSnapshot(log.id(), mode));
    log.Message(anna_, "hello");
    Commit(log);
    Release();
    EXPECT_EQ(HeadOf(log.id()), Seq(2));
    shard_.RunUntilIdle();  // only now does the slow one go on
    EXPECT_EQ((**slow)->get()->head.seq, Seq(1));
    EXPECT_EQ(HeadOf(log.id()), Seq(2));
  }
}

TEST_F(CachedFlightTest, Snapshot_MissingWhenTheReadBegan_IsSeenOnceCreated) {
  LogBuilder log({anna_});
  controls().HoldReads();
  const auto early = Start(ReadSnapshot(log.id()));
  Commit(log);
  Release();
  shard_.RunUntilIdle();
  EXPECT_FALSE((*early)->ok());
  EXPECT_EQ(HeadOf(log.id()), Seq(1));
}

TEST_F(CachedFlightTest, Memberships_ReadThatBeganBeforeACommit_IsNeitherJoinedNorKept) {
  LogBuilder log({anna_});
  CommitBeneath(log);
  controls().HoldReads();
  const auto slow = Start(ReadMemberships(ben_));
  log.Add(ben_);
  Commit(log);
  const auto later = Start(ReadMemberships(ben_));
  ASSERT_EQ(controls().held_reads(), 2U);
  Release();
  shard_.RunUntilIdle();
  EXPECT_EQ((**slow)->size(), 0U);
  EXPECT_EQ((**later)->size(), 1U);
  EXPECT_EQ(Run(ReadMemberships(ben_))->size(), 1U);
}

TEST_F(CachedFlightTest, Memberships_ReadThatBeganBeforeAPosition_IsNotKept) {
  LogBuilder log({anna_});
  CommitBeneath(log);
  controls().HoldReads();
  const auto slow = Start(ReadMemberships(anna_));
  const Position position{.read = Seq(1), .read_n = 0, .delivered = Seq(1)};
  ASSERT_TRUE(Run(cached_.conversations().WritePositions({{.conversation = log.id(),
                                                           .user = anna_,
                                                           .joined_seq = Seq(1),
                                                           .position = position,
                                                           .at = LogBuilder::TimeOf(Seq(9))}}))
                  .ok());
  Release();
  shard_.RunUntilIdle();
  EXPECT_EQ((**slow)->front().position, Position());
  EXPECT_EQ(Run(ReadMemberships(anna_))->front().position, position);
}

TEST_F(CachedFlightTest, Entries_ReadThatBeganBeforeACommit_IsNotKept) {
  LogBuilder log({anna_});
  log.Message(anna_, "two");
  CommitBeneath(log);
  ASSERT_EQ(HeadOf(log.id()), Seq(2));
  controls().HoldReads();
  const auto slow = Start(cached_.conversations().ReadEntries(log.id(), Seq(1), 10, 10'000));
  log.Message(anna_, "three");
  Commit(log);
  Release();
  shard_.RunUntilIdle();
  EXPECT_EQ((**slow)->size(), 1U);
  EXPECT_EQ(Entries(log.id(), Seq(1)).size(), 2U);
}

TEST_F(CachedFlightTest, User_ReadThatBeganBeforeAnUpdate_IsNeitherJoinedNorKept) {
  const User user = NewUser();
  controls().HoldReads();
  const auto slow = Start(cached_.accounts().FindUser(user.id));
  UserPatch patch;
  patch.display_name = "Anna B.";
  ASSERT_TRUE(Run(cached_.accounts().UpdateUser(user.id, patch)).ok());
  const auto later = Start(cached_.accounts().FindUser(user.id));
  ASSERT_EQ(controls().held_reads(), 2U);
  Release();
  shard_.RunUntilIdle();
  EXPECT_EQ((**slow)->display_name, "");
  EXPECT_EQ((**later)->display_name, "Anna B.");
  EXPECT_EQ(Run(cached_.accounts().FindUser(user.id))->display_name, "Anna B.");
}

TEST_F(CachedFlightTest, User_WhoWasActive_StaysKeptWithTheLaterTime) {
  const User user = NewUser();
  ASSERT_TRUE(Run(cached_.accounts().FindUser(user.id)).ok());
  const TimePoint at = user.created_at + std::chrono::hours(2);
  for (const TimePoint active : {at, at - std::chrono::hours(1)}) {
    UserPatch patch;
    patch.last_active_at = active;
    ASSERT_TRUE(Run(cached_.accounts().UpdateUser(user.id, patch)).ok());
  }
  controls().HoldReads();
  User expected = user;
  expected.last_active_at = at;
  EXPECT_EQ(*Run(cached_.accounts().FindUser(user.id)), expected);
  EXPECT_EQ(controls().held_reads(), 0U);
  Release();
}

TEST_F(CachedFlightTest, Session_DeletedDuringARead_IsGone) {
  const Session session = NewSession(anna_);
  // So that the deletion finds the token without a read, which would be held.
  ASSERT_TRUE(Run(cached_.accounts().TouchSession(anna_, session.id, session.last_used_at)).ok());
  controls().HoldReads();
  const auto slow = Start(cached_.accounts().FindSession(session.token_hash));
  ASSERT_TRUE(Run(cached_.accounts().DeleteSession(anna_, session.id)).ok());
  Release();
  shard_.RunUntilIdle();
  EXPECT_TRUE((*slow)->ok());
  EXPECT_EQ(Run(cached_.accounts().FindSession(session.token_hash)).status().code(),
            StatusCode::kNotFound);
}

}  // namespace
}  // namespace parley::storage::cached
