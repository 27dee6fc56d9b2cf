#include "storage/cached/cached_store.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/testing/cached_store_fixture.h"

namespace parley::storage::cached {
namespace {

using memory::Written;

class CachedStoreTest : public CachedStoreFixture {};

// -- What is kept ---------------------------------------------------------------------------------

TEST_F(CachedStoreTest, Snapshot_OfWhatWasCommittedHere_NeedsNoRead) {
  LogBuilder log({anna_}, "Tea");
  Commit(log);
  for (int i = 0; i < 5; ++i) {
    log.Message(anna_, "hello").Add(NewId<UserId>()).Title("Coffee");
    Commit(log);
    const SnapshotPtr snapshot = *Run(ReadSnapshot(log.id()));
    EXPECT_EQ(snapshot->head, log.head());
    EXPECT_EQ(snapshot->info, log.info());
    EXPECT_EQ(*snapshot->members, log.members());
    EXPECT_EQ(*snapshot->last_message, *log.last_message());
  }
  EXPECT_EQ(reads(ReadKind::kSnapshot), 0U);
  EXPECT_EQ(cached_.cache_stats().snapshots.hits, 5U);
}

TEST_F(CachedStoreTest, Memberships_AreLoadedOnce_ThenKeptUpToDate) {
  LogBuilder log({anna_});
  Commit(log);
  ASSERT_EQ(Run(ReadMemberships(ben_))->size(), 0U);
  log.Add(ben_);
  Commit(log);
  EXPECT_EQ(Run(ReadMemberships(ben_))->size(), 1U);
  const Position position{.read = Seq(2), .read_n = 0, .delivered = Seq(2)};
  ASSERT_TRUE(Run(cached_.conversations().WritePositions({{.conversation = log.id(),
                                                           .user = ben_,
                                                           .joined_seq = Seq(2),
                                                           .position = position,
                                                           .at = LogBuilder::TimeOf(Seq(9))}}))
                  .ok());
  const auto row = *Run(cached_.conversations().FindMembership(ben_, log.id()));
  EXPECT_EQ(row->position, position);
  EXPECT_EQ(row, *Run(fake_.conversations().FindMembership(ben_, log.id())));
  log.Remove(ben_);
  Commit(log);
  EXPECT_EQ(*Run(cached_.conversations().FindMembership(ben_, log.id())), std::nullopt);
  EXPECT_EQ(reads(ReadKind::kMemberships), 1U);
  EXPECT_EQ(reads(ReadKind::kMembership), 1U);  // the one beneath
}

TEST_F(CachedStoreTest, Accounts_AreReadOnce) {
  const User user = NewUser();
  const Session session = NewSession(user.id);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(*Run(cached_.accounts().FindUser(user.id)), user);
    EXPECT_EQ(*Run(cached_.accounts().FindUserByName(user.username)), user);
    EXPECT_EQ(*Run(cached_.accounts().FindUsers({user.id})), std::vector{user});
    EXPECT_EQ(*Run(cached_.accounts().FindSession(session.token_hash)), session);
  }
  EXPECT_EQ(reads(ReadKind::kUser), 1U);
  EXPECT_EQ(reads(ReadKind::kUsers), 0U);
  EXPECT_EQ(reads(ReadKind::kUserByName), 1U);
  EXPECT_EQ(reads(ReadKind::kSession), 1U);
}

TEST_F(CachedStoreTest, Nothing_IsNotKept) {
  LogBuilder log({anna_});
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(Run(ReadSnapshot(log.id())).ok());
    EXPECT_FALSE(Run(cached_.accounts().FindUser(anna_)).ok());
  }
  EXPECT_EQ(reads(ReadKind::kSnapshot), 2U);
  EXPECT_EQ(reads(ReadKind::kUser), 2U);
}

TEST_F(CachedStoreTest, Entries_RecentOnes_AreReadOnce) {
  LogBuilder log({anna_});
  for (int i = 0; i < 400; ++i) log.Message(anna_, "hello");
  CommitBeneath(log);
  EXPECT_EQ(Entries(log.id(), Seq(399)).size(), 2U);
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);
  for (int i = 0; i < 10; ++i) {
    log.Message(anna_, "later");
    Commit(log);
    EXPECT_EQ(Entries(log.id(), Seq(200)).size(), 201U + static_cast<std::size_t>(i) + 1);
    EXPECT_EQ(Entries(log.id(), Seq(200), 3).back()->seq, Seq(203));
  }
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);
  EXPECT_EQ(Entries(log.id(), Seq(100), 3).back()->seq, Seq(103));  // further back
  EXPECT_EQ(Entries(log.id(), log.head().seq).size(), 0U);          // at the end
  EXPECT_EQ(reads(ReadKind::kEntries), 3U);
}

// -- Answers that are not "committed" -------------------------------------------------------------

TEST_F(CachedStoreTest, Append_Refused_KeepsWhatIsKept) {
  LogBuilder log({anna_});
  Commit(log);
  LogBuilder next = log;
  next.Title("later");
  controls().FailNextAppend(AppendOutcome::kRefused);
  EXPECT_EQ(Append(cached_, next.Take()), AppendOutcome::kRefused);
  EXPECT_EQ(HeadOf(log.id()), Seq(1));
  EXPECT_EQ(reads(ReadKind::kSnapshot), 0U);
}

TEST_F(CachedStoreTest, Append_UnknownOrConflict_ForgetsWhatIsKept) {
  for (const Written written : {Written::kNo, Written::kYes}) {
    LogBuilder log({anna_});
    Commit(log);
    ASSERT_EQ(Run(ReadMemberships(ben_))->size(), 0U);
    ASSERT_EQ(Entries(log.id(), Seq(0)).size(), 1U);
    log.Add(ben_);
    controls().FailNextAppend(AppendOutcome::kUnknown, written);
    EXPECT_EQ(Append(cached_, log.Take()), AppendOutcome::kUnknown);
    const bool is = written == Written::kYes;
    EXPECT_EQ(HeadOf(log.id()), is ? Seq(2) : Seq(1));
    EXPECT_EQ(Run(ReadMemberships(ben_))->size(), is ? 1U : 0U);
    EXPECT_EQ(Entries(log.id(), Seq(0)).size(), is ? 2U : 1U);
  }
  LogBuilder log({anna_});
  Commit(log);
  LogBuilder rival = log;
  rival.Message(anna_, "theirs").Message(anna_, "and more");
  CommitBeneath(rival);
  EXPECT_EQ(HeadOf(log.id()), Seq(1));
  log.Message(anna_, "mine");
  EXPECT_EQ(Append(cached_, log.Take()), AppendOutcome::kConflict);
  EXPECT_EQ(HeadOf(log.id()), Seq(3));
  EXPECT_EQ(Entries(log.id(), Seq(0)).size(), 3U);
}

TEST_F(CachedStoreTest, FreshRead_GoesToTheStore_AndBringsTheCacheUpToIt) {
  LogBuilder log({anna_});
  Commit(log);
  ASSERT_EQ(Entries(log.id(), Seq(0)).size(), 1U);
  log.Message(anna_, "from another node");
  CommitBeneath(log);
  EXPECT_EQ(HeadOf(log.id()), Seq(1));
  EXPECT_EQ(HeadOf(log.id(), ReadMode::kFresh), Seq(2));
  EXPECT_EQ(HeadOf(log.id()), Seq(2));
  EXPECT_EQ(Entries(log.id(), Seq(0)).size(), 2U);
  EXPECT_EQ(reads(ReadKind::kSnapshot), 1U);
}

// -- Bounds ---------------------------------------------------------------------------------------

TEST_F(CachedStoreTest, Caches_StayWithinTheirBytes) {
  const CacheOptions options{.snapshots_bytes = 50'000,
                             .memberships_bytes = 50'000,
                             .entries_bytes = 50'000,
                             .users_bytes = 50'000,
                             .sessions_bytes = 50'000};
  CachedStore small(fake_, options);
  for (int i = 0; i < 300; ++i) {
    const User user = NewUser();
    const Session session = NewSession(user.id);
    LogBuilder log({user.id, anna_}, std::string(100, 't'));
    log.Message(user.id, std::string(300, 'x'));
    ASSERT_EQ(Append(small, log.Take()), AppendOutcome::kCommitted);
    ASSERT_TRUE(Run(small.accounts().FindUserByName(user.username)).ok());
    ASSERT_TRUE(Run(small.accounts().FindSession(session.token_hash)).ok());
    ASSERT_TRUE(Run(small.conversations().ReadMemberships(user.id)).ok());
    ASSERT_TRUE(Run(small.conversations().ReadMemberships(anna_)).ok());

    const CacheStats stats = small.cache_stats();
    for (const CacheCounts& counts :
         {stats.snapshots, stats.memberships, stats.entries, stats.users, stats.sessions}) {
      ASSERT_LE(counts.bytes, 50'000U);
    }
  }
  const CacheStats stats = small.cache_stats();
  for (const CacheCounts& counts :
       {stats.snapshots, stats.memberships, stats.entries, stats.users, stats.sessions}) {
    EXPECT_GE(counts.bytes, 10'000U);  // and are made use of
  }
}

}  // namespace
}  // namespace parley::storage::cached
