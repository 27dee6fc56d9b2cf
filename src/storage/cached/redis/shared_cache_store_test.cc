#include "storage/cached/redis/shared_cache_store.h"

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/testing/cached_store_fixture.h"
#include "storage/testing/fake_remote_cache.h"

namespace parley::storage::cached {
namespace {

/// Two nodes, without caches of their own, on one store and one shared cache.
class SharedCacheStoreTest : public CachedStoreFixture {
 protected:
  using Answer = Result<SnapshotPtr>;

  ~SharedCacheStoreTest() override { cache_.Release(); }

  Answer Read(SharedCacheStore& node, ConversationId id, ReadMode mode = ReadMode::kCached) {
    return Run(node.conversations().ReadSnapshot(id, mode));
  }
  void CommitAt(SharedCacheStore& node, LogBuilder& log) {
    ASSERT_EQ(Append(node, log.Take()), AppendOutcome::kCommitted);
  }
  void ExpectShows(SharedCacheStore& node, const LogBuilder& log) {
    const SnapshotPtr snapshot = *Read(node, log.id());
    EXPECT_EQ(snapshot->info, log.info());
    EXPECT_EQ(snapshot->head, log.head());
    EXPECT_EQ(*snapshot->members, log.members());
    ASSERT_EQ(snapshot->last_message != nullptr, log.last_message() != nullptr);
    if (log.last_message()) EXPECT_EQ(*snapshot->last_message, *log.last_message());
  }
  std::string NameOf(SharedCacheStore& node, UserId user) {
    return Run(node.accounts().FindUser(user))->display_name;
  }
  static Status Rename(SharedCacheStore& node, UserId user, const std::string& name) {
    UserPatch patch;
    patch.display_name = name;
    return Run(node.accounts().UpdateUser(user, patch)).status();
  }

  const SharedCacheOptions options_;
  FakeRemoteCache cache_;
  SharedCacheStore a_{fake_, cache_};
  SharedCacheStore b_{fake_, cache_};
};

// -- Snapshots ------------------------------------------------------------------------------------

TEST_F(SharedCacheStoreTest, Snapshot_IsReadOnce_ForAllNodes) {
  LogBuilder log({anna_, ben_}, "Tea");
  log.Message(anna_, "hello");
  CommitAt(a_, log);
  for (int i = 0; i < 3; ++i) {
    ExpectShows(a_, log);
    ExpectShows(b_, log);
    EXPECT_EQ(Run(b_.conversations().ReadSnapshots({log.id()}))->size(), 1U);
  }
  EXPECT_EQ(reads(ReadKind::kSnapshot), 1U);
  EXPECT_EQ(reads(ReadKind::kSnapshots), 0U);
  EXPECT_EQ(a_.cache_stats().snapshots.misses, 1U);
  EXPECT_EQ(b_.cache_stats().snapshots.hits, 6U);
}

TEST_F(SharedCacheStoreTest, Message_IsSeenOnTheOtherNode_WithoutARead) {
  LogBuilder log({anna_, ben_});
  CommitAt(a_, log);
  ExpectShows(b_, log);
  for (int i = 0; i < 3; ++i) {
    log.Message(anna_, "hello " + std::to_string(i));
    CommitAt(a_, log);
    ExpectShows(b_, log);
  }
  EXPECT_EQ(reads(ReadKind::kSnapshot), 1U);
}

TEST_F(SharedCacheStoreTest, ChangeOfMembersOrTitle_IsReadAnew) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  ExpectShows(b_, log);
  log.Add(ben_);
  CommitAt(a_, log);
  ExpectShows(b_, log);
  log.Message(anna_, "one").Title("Tea").Message(anna_, "two");
  CommitAt(b_, log);
  ExpectShows(a_, log);
  log.Remove(ben_);
  CommitAt(b_, log);
  ExpectShows(a_, log);
  EXPECT_EQ(reads(ReadKind::kSnapshot), 4U);
}

TEST_F(SharedCacheStoreTest, ReadThatBeganBeforeACommit_FillsNothing) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  for (const bool found_marker : {false, true}) {
    controls().HoldReads();
    const auto slow = Start(b_.conversations().ReadSnapshot(log.id(), ReadMode::kCached));
    const auto fresh = Start(b_.conversations().ReadSnapshot(log.id(), ReadMode::kFresh));
    ASSERT_EQ(controls().held_reads(), 2U) << found_marker;
    log.Title("Tea " + std::to_string(found_marker)).Message(anna_, "later");
    CommitAt(a_, log);
    Release();
    shard_.RunUntilIdle();
    EXPECT_LT((**slow)->get()->head.seq, log.head().seq);
    EXPECT_LT((**fresh)->get()->head.seq, log.head().seq);
    if (!found_marker) continue;  // the next round begins with the marker
    ExpectShows(b_, log);
  }
}

TEST_F(SharedCacheStoreTest, UnknownOutcome_OutdatesWhatIsKept) {
  for (const memory::Written written : {memory::Written::kNo, memory::Written::kYes}) {
    LogBuilder log({anna_});
    CommitAt(a_, log);
    ExpectShows(b_, log);
    LogBuilder before = log;
    log.Add(ben_).Message(anna_, "hello");
    controls().FailNextAppend(AppendOutcome::kUnknown, written);
    EXPECT_EQ(Append(a_, log.Take()), AppendOutcome::kUnknown);
    ExpectShows(b_, written == memory::Written::kYes ? log : before);
  }
}

TEST_F(SharedCacheStoreTest, EffectsAppliedLater_OutdateWhatIsKept) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  ExpectShows(b_, log);
  Effects effects;
  effects.info = log.info();
  effects.info->title = "as it is now";
  ASSERT_TRUE(Run(a_.conversations().ApplyEffects(log.id(), effects, log.head().seq)).ok());
  EXPECT_EQ((*Read(b_, log.id()))->info.title, "as it is now");
}

TEST_F(SharedCacheStoreTest, FreshRead_GoesToTheStore_AndTellsTheHead) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  ExpectShows(b_, log);
  log.Message(anna_, "past the cache");
  CommitBeneath(log);
  EXPECT_EQ((*Read(a_, log.id(), ReadMode::kFresh))->head.seq, Seq(2));
  ExpectShows(b_, log);
}

TEST_F(SharedCacheStoreTest, NothingThere_IsNotKept) {
  LogBuilder log({anna_});
  EXPECT_EQ(Read(b_, log.id()).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Run(b_.conversations().ReadSnapshots({log.id()}))->empty());
  CommitAt(a_, log);
  ExpectShows(b_, log);
}

TEST_F(SharedCacheStoreTest, ManySnapshots_AreOneRead_InOrder) {
  std::vector<ConversationId> ids;
  for (std::size_t i = 0; i < 1'200; ++i) {
    LogBuilder log({anna_});
    CommitAt(a_, log);
    ids.push_back(log.id());
  }
  for (int round = 0; round < 2; ++round) {
    const auto found = *Run(b_.conversations().ReadSnapshots(ids));
    ASSERT_EQ(found.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(found[i]->info.id, ids[i]);
  }
  EXPECT_EQ(reads(ReadKind::kSnapshots), 3U);  // once, in three parts
}

// -- Rosters --------------------------------------------------------------------------------------

TEST_F(SharedCacheStoreTest, Rosters_NeedNoHead) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  ExpectShows(b_, log);
  cache_.Advance(options_.head_ttl);
  ASSERT_LT(options_.head_ttl, options_.body_ttl);
  const auto members = [&] {
    return Run(b_.conversations().ReadRosters({NewId<ConversationId>(), log.id()}))->back();
  };
  EXPECT_EQ(*members().members, log.members());
  EXPECT_EQ(members().conversation, log.id());
  EXPECT_EQ(reads(ReadKind::kSnapshots), 2U) << "of the conversation that nobody knows";
  EXPECT_EQ(reads(ReadKind::kSnapshot), 1U);
  log.Add(ben_);
  CommitAt(a_, log);
  EXPECT_EQ(*members().members, log.members());
  cache_.Die();
  EXPECT_EQ(*members().members, log.members());
}

TEST_F(SharedCacheStoreTest, RosterOfASilentDirectConversation_IsLookedAtWithItsHead) {
  LogBuilder log({anna_, ben_});
  const auto founded = log.Take();
  founded->effects.info->kind = ConversationKind::kDirect;
  ASSERT_EQ(Append(a_, founded), AppendOutcome::kCommitted);
  const auto spoken_in = [&] {
    return Run(b_.conversations().ReadRosters({log.id()}))->front().spoken_in;
  };
  EXPECT_FALSE(spoken_in());
  EXPECT_FALSE(spoken_in());
  log.Message(anna_, "hello");
  CommitAt(a_, log);
  EXPECT_TRUE(spoken_in());
  EXPECT_EQ(reads(ReadKind::kSnapshots), 1U);
  cache_.Advance(options_.body_ttl);
  EXPECT_TRUE(spoken_in());
  cache_.Advance(options_.head_ttl);
  EXPECT_TRUE(spoken_in());
  EXPECT_EQ(reads(ReadKind::kSnapshots), 2U);
}

// -- Entries --------------------------------------------------------------------------------------

TEST_F(SharedCacheStoreTest, WholePages_AreReadOnce_AndTheRestAlways) {
  LogBuilder log({anna_});
  for (int i = 0; i < 129; ++i) log.Message(anna_, "hello");
  CommitAt(a_, log);
  const auto read = [&](SharedCacheStore& node, std::uint64_t after, std::size_t limit) {
    return *Run(node.conversations().ReadEntries(log.id(), Seq(after), limit, 1'000'000));
  };
  EXPECT_EQ(read(a_, 0, 500).size(), 130U);
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);
  EXPECT_EQ(read(b_, 30, 50).back()->seq, Seq(80));
  EXPECT_EQ(reads(ReadKind::kEntries), 1U);
  const std::vector<EntryPtr> rest = read(b_, 77, 500);
  ASSERT_EQ(rest.size(), 53U);
  for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(*rest[i], *log.entries()[77 + i]);
  EXPECT_EQ(reads(ReadKind::kEntries), 2U);
  EXPECT_EQ(read(b_, 10, 3).size(), 3U);  // a small hole: not looked for
  EXPECT_EQ(reads(ReadKind::kEntries), 3U);
  const auto few = *Run(b_.conversations().ReadEntries(log.id(), Seq(0), 100, 1));
  EXPECT_EQ(few.size(), 1U);
}

// -- People ---------------------------------------------------------------------------------------

TEST_F(SharedCacheStoreTest, People_AreReadOnce_AndAnewWhenTheyChange) {
  const User user = NewUser();
  EXPECT_EQ(NameOf(a_, user.id), "");
  EXPECT_EQ(NameOf(b_, user.id), "");
  EXPECT_EQ(Run(b_.accounts().FindUsers({user.id, anna_, user.id}))->size(), 2U);
  EXPECT_EQ(reads(ReadKind::kUsers), 2U);  // and who is nobody
  ASSERT_TRUE(Rename(a_, user.id, "Anna B.").ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(NameOf(b_, user.id), "Anna B.");
  EXPECT_EQ(reads(ReadKind::kUsers), 3U);  // the marker was filled
  AccountChange change;
  change.disabled = true;
  ASSERT_TRUE(Run(a_.admin().ChangeAccount(user.id, change)).ok());
  EXPECT_TRUE(Run(b_.accounts().FindUser(user.id))->disabled);
  EXPECT_EQ(Run(b_.accounts().FindUser(anna_)).status().code(), StatusCode::kNotFound);
}

TEST_F(SharedCacheStoreTest, WhoAdministers_IsNotKept) {
  const User user = NewUser();
  const auto administers = [&] { return Run(b_.accounts().FindUser(user.id))->admin; };
  const auto change = [&](bool admin) {
    AccountChange change;
    change.admin = admin;
    return Run(a_.admin().ChangeAccount(user.id, change)).ok();
  };
  ASSERT_TRUE(change(true));
  EXPECT_TRUE(administers());
  cache_.Die();
  ASSERT_TRUE(change(false));
  cache_.Revive();
  EXPECT_FALSE(administers()) << "and that without the cache having heard of it";
  cache_.Die();
  ASSERT_TRUE(change(true));
  cache_.Revive();
  EXPECT_FALSE(administers()) << "who does not is kept";
  EXPECT_TRUE(Run(b_.accounts().ReadUser(user.id))->admin) << "but not for who asks the store";
}

TEST_F(SharedCacheStoreTest, PersonReadBeforeAChange_IsNotKept) {
  const User user = NewUser();
  for (const char* name : {"one", "two"}) {  // finds nothing, then a marker
    controls().HoldReads();
    const auto slow = Start(b_.accounts().FindUser(user.id));
    ASSERT_TRUE(Rename(a_, user.id, name).ok());
    Release();
    shard_.RunUntilIdle();
    EXPECT_NE((**slow)->display_name, name);
  }
  EXPECT_EQ(NameOf(b_, user.id), "two");
}

// -- A cache that fails ---------------------------------------------------------------------------

TEST_F(SharedCacheStoreTest, DeadCache_CostsNoAnswer_AndNothingOlderThanTheTimes) {
  LogBuilder log({anna_}, "before");
  const User user = NewUser();
  CommitAt(a_, log);
  ExpectShows(b_, log);
  ASSERT_EQ(NameOf(b_, user.id), "");
  cache_.Die();
  log.Title("after").Message(anna_, "hello");
  CommitAt(a_, log);
  ASSERT_TRUE(Rename(a_, user.id, "Anna B.").ok());
  ExpectShows(b_, log);
  EXPECT_EQ(NameOf(b_, user.id), "Anna B.");

  // It is there again, and knows nothing of that.
  cache_.Revive();
  EXPECT_EQ((*Read(b_, log.id()))->info.title, "before");
  EXPECT_EQ(NameOf(b_, user.id), "");
  cache_.Advance(options_.head_ttl);
  EXPECT_EQ((*Read(b_, log.id()))->head, log.head());
  cache_.Advance(std::max(options_.body_ttl, options_.user_ttl) - options_.head_ttl);
  ExpectShows(b_, log);
  EXPECT_EQ(NameOf(b_, user.id), "Anna B.");
}

TEST_F(SharedCacheStoreTest, CacheDeadAtTheLookUp_IsNotFilled) {
  LogBuilder log({anna_}, "before");
  CommitAt(a_, log);
  cache_.Flush();
  controls().HoldReads();
  cache_.Die();
  const auto slow = Start(b_.conversations().ReadSnapshot(log.id(), ReadMode::kCached));
  cache_.Revive();
  Release();
  shard_.RunUntilIdle();
  EXPECT_TRUE((*slow)->ok());
  EXPECT_EQ(cache_.Look(SharedKeys("parley").Body(log.id())).version, 0U);
}

TEST_F(SharedCacheStoreTest, FlushInTheMiddleOfARead_LeavesNothingOlderThanTheTimes) {
  LogBuilder log({anna_}, "before");
  CommitAt(a_, log);
  cache_.Flush();
  controls().HoldReads();
  const auto slow = Start(b_.conversations().ReadSnapshot(log.id(), ReadMode::kCached));
  log.Title("after");
  CommitAt(a_, log);
  cache_.Flush();  // and the marker with it
  Release();
  shard_.RunUntilIdle();
  cache_.Advance(options_.body_ttl);
  ExpectShows(b_, log);
}

TEST_F(SharedCacheStoreTest, Append_IsAnsweredOnceTheCacheKnows) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  ExpectShows(b_, log);
  cache_.Hold();
  log.Message(anna_, "hello");
  std::promise<AppendOutcome> answer;
  auto future = answer.get_future();
  a_.conversations().Append(log.Take(), [&](AppendOutcome outcome) { answer.set_value(outcome); });
  while (cache_.held() == 0) std::this_thread::yield();
  EXPECT_EQ(future.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  cache_.Release();
  EXPECT_EQ(future.get(), AppendOutcome::kCommitted);
  ExpectShows(b_, log);
}

TEST_F(SharedCacheStoreTest, Append_IsToldOfInTheLog_OnceTheCacheKnows_AndThenAnswered) {
  FakeClock clock;
  memory::FakeStore store(memory::Form::kDistributed, clock);
  SharedCacheStore a(store, cache_);
  SharedCacheStore b(store, cache_);
  LogBuilder log({anna_});
  CommitAt(a, log);
  ExpectShows(b, log);
  cache_.Hold();
  log.Message(anna_, "hello");
  auto request = log.Take();
  request->tell_logged = true;
  std::mutex mutex;
  std::vector<AppendOutcome> heard;
  std::promise<void> last;
  a.conversations().Append(request, [&](AppendOutcome outcome) {
    const std::lock_guard lock(mutex);
    heard.push_back(outcome);
    if (outcome != AppendOutcome::kLogged) last.set_value();
  });
  while (store.controls().appends_under_way() > 0) std::this_thread::yield();
  {
    const std::lock_guard lock(mutex);
    EXPECT_THAT(heard, testing::IsEmpty()) << "the store has answered both, the cache none";
  }
  EXPECT_EQ(cache_.held(), 1U);
  cache_.Release();
  last.get_future().get();
  EXPECT_THAT(heard, testing::ElementsAre(AppendOutcome::kLogged, AppendOutcome::kCommitted));
  ExpectShows(b, log);
}

TEST_F(SharedCacheStoreTest, Stop_AnswersAppendsThatWaitForTheCache) {
  LogBuilder log({anna_});
  cache_.Hold();
  std::atomic<bool> answered = false;
  a_.conversations().Append(log.Take(), [&](AppendOutcome) { answered = true; });
  while (cache_.held() == 0) std::this_thread::yield();
  std::thread releasing([&] { cache_.Release(); });
  a_.Stop();
  EXPECT_TRUE(answered);
  releasing.join();
}

TEST_F(SharedCacheStoreTest, BytesThatMeanNothing_CountAsNothing) {
  LogBuilder log({anna_});
  CommitAt(a_, log);
  const SharedKeys keys("parley");
  std::vector<RemoteWrite> writes;
  for (const std::string& key :
       {keys.Head(log.id()), keys.Body(log.id()), keys.Page(log.id(), 0)}) {
    writes.push_back({.kind = RemoteWrite::Kind::kNewer,
                      .key = key,
                      .version = 1,
                      .payload = "nonsense",
                      .ttl = std::chrono::milliseconds(1'000)});
  }
  cache_.Write(std::move(writes), [](const Status& /*written*/) {});
  ExpectShows(b_, log);
  EXPECT_EQ(Run(b_.conversations().ReadEntries(log.id(), Seq(), 100, 10'000))->size(), 1U);
}

}  // namespace
}  // namespace parley::storage::cached
