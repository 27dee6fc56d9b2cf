#include "storage/rocks/memory_first.h"

#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"
#include "storage/rocks/conversation_reads.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/log_builder.h"

// Small reads: from memory on the shard, from the disk on the pool.
namespace parley::storage::rocks {
namespace {

constexpr std::size_t kPage = 50;

/// A store with a person, signed in, and a conversation in which they said something.
class MemoryFirstTest : public ::testing::Test {
 protected:
  MemoryFirstTest() {
    user_.id = NewId<UserId>();
    user_.username = "anna";
    session_.id = NewId<SessionId>();
    session_.user = user_.id;
    session_.token_hash = {7};
    log_.emplace(std::vector{user_.id});
    log_->Message(user_.id, "@anna", {user_.id});
    for (int i = 0; i < 120; ++i) log_->Message(user_.id, "hello");
  }

  std::unique_ptr<Store> MustOpen(runtime::BlockingPool& pool) {
    Result<std::unique_ptr<Store>> store =
        Open({.path = folder_.path() / "store", .reads = pool, .min_free_bytes = 0});
    if (!store.ok()) std::abort();  // no test can do without
    return *std::move(store);
  }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  void Fill(Store& store) {
    ASSERT_TRUE(Run(store.accounts().CreateUser(user_, "hash")).ok());
    ASSERT_TRUE(Run(store.accounts().CreateSession(session_)).ok());
    std::promise<AppendOutcome> answer;
    store.conversations().Append(log_->Take(),
                                 [&](AppendOutcome outcome) { answer.set_value(outcome); });
    ASSERT_EQ(answer.get_future().get(), AppendOutcome::kCommitted);
  }

  /// Fills a store that is closed then, all of it in tables: a start keeps in memory what it reads
  /// from a log.
  void FillOnDisk() {
    Fill(*MustOpen(works_));
    const std::unique_ptr<Database> db = *Database::Open({.path = folder_.path() / "store",
                                                          .block_cache_bytes = 1'000'000,
                                                          .write_buffer_bytes = 8'000'000,
                                                          .min_free_bytes = 0});
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      rocksdb::ColumnFamilyHandle* const family = db->family(static_cast<Family>(i));
      ASSERT_TRUE(db->db().Flush(rocksdb::FlushOptions(), family).ok());
    }
  }

  auto ReadPage(Store& store, std::size_t limit = kPage) {
    return Run(store.conversations().ReadMessages(
        log_->id(), {.anchor = log_->head().seq.Next(), .limit = limit}));
  }
  auto FindSent(Store& store) {
    return Run(store.conversations().FindSent(log_->id(), user_.id, log_->last_sent().client_id,
                                              TimePoint()));
  }

  void ExpectAnswers(Store& store) {
    EXPECT_EQ(*Run(store.accounts().FindUser(user_.id)), user_);
    EXPECT_EQ(*Run(store.accounts().FindSession(session_.token_hash)), session_);
    EXPECT_TRUE(Run(store.conversations().FindMembership(user_.id, log_->id()))->has_value());
    EXPECT_EQ(*FindSent(store), log_->last_sent());
    EXPECT_EQ(*Run(store.accounts().FindUsers({user_.id})), std::vector{user_});
    ExpectAnswersOfConversations(store.conversations());
    const auto page = ReadPage(store);
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    ASSERT_EQ(page->size(), kPage);
    EXPECT_EQ(*page->back(), *log_->last_message());
  }
  void ExpectAnswersOfConversations(ConversationStore& store) {
    EXPECT_EQ(Run(store.ReadMemberships(user_.id))->size(), 1U);
    EXPECT_EQ((*Run(store.ReadSnapshot(log_->id(), ReadMode::kCached)))->head, log_->head());
    EXPECT_EQ(Run(store.ReadSnapshots({log_->id()}))->size(), 1U);
    EXPECT_EQ(Run(store.ReadPositions(log_->id(), log_->members()))->size(), 1U);
    EXPECT_EQ(*Run(store.CountMentions(user_.id, log_->id(), Seq(), 9)), 1U);
    EXPECT_EQ(Run(store.ReadEntries(log_->id(), Seq(), 200, 1'000'000))->size(), 122U);
  }
  void ExpectRefuses(Store& store) {
    constexpr StatusCode kRefused = StatusCode::kUnavailable;
    EXPECT_EQ(Run(store.accounts().FindUser(user_.id)).status().code(), kRefused);
    EXPECT_EQ(Run(store.accounts().FindSession(session_.token_hash)).status().code(), kRefused);
    EXPECT_EQ(Run(store.conversations().FindMembership(user_.id, log_->id())).status().code(),
              kRefused);
    EXPECT_EQ(FindSent(store).status().code(), kRefused);
    EXPECT_EQ(ReadPage(store).status().code(), kRefused);
    EXPECT_EQ(Run(store.accounts().FindUsers({user_.id})).status().code(), kRefused);
    ConversationStore& conversations = store.conversations();
    EXPECT_EQ(Run(conversations.ReadMemberships(user_.id)).status().code(), kRefused);
    EXPECT_EQ(Run(conversations.ReadSnapshot(log_->id(), ReadMode::kCached)).status().code(),
              kRefused);
    EXPECT_EQ(Run(conversations.ReadSnapshots({log_->id()})).status().code(), kRefused);
    EXPECT_EQ(Run(conversations.CountMentions(user_.id, log_->id(), Seq(), 9)).status().code(),
              kRefused);
    EXPECT_EQ(Run(conversations.ReadEntries(log_->id(), Seq(), 200, 1'000'000)).status().code(),
              kRefused);
  }

  ScratchFolder folder_;
  runtime::Shard shard_;
  runtime::BlockingPool works_{2, 1'000};
  runtime::BlockingPool refuses_{0, 0};
  User user_;
  Session session_;
  std::optional<LogBuilder> log_;
};

TEST_F(MemoryFirstTest, WhatWasJustWritten_NeedsNoPool) {
  runtime::BlockingPool pool{2, 1'000};
  const std::unique_ptr<Store> store = MustOpen(pool);
  Fill(*store);
  pool.Stop();
  ExpectAnswers(*store);
  EXPECT_EQ(Run(store->accounts().FindUser(NewId<UserId>())).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(*Run(store->conversations().FindMembership(NewId<UserId>(), log_->id())), std::nullopt);
}

TEST_F(MemoryFirstTest, WhatIsOnTheDiskAlone_NeedsThePool) {
  FillOnDisk();
  ExpectRefuses(*MustOpen(refuses_));
  ExpectAnswers(*MustOpen(works_));
}

TEST_F(MemoryFirstTest, WhatWasReadOnce_NeedsNoPool) {
  FillOnDisk();
  runtime::BlockingPool pool{2, 1'000};
  const std::unique_ptr<Store> store = MustOpen(pool);
  ExpectAnswers(*store);
  pool.Stop();
  ExpectAnswers(*store);
}

TEST_F(MemoryFirstTest, MoreThanAPage_IsForThePool) {
  const std::unique_ptr<Store> store = MustOpen(works_);
  Fill(*store);
  EXPECT_EQ(ReadPage(*store, 1'000)->size(), 121U);
  works_.Stop();
  EXPECT_EQ(ReadPage(*store, 1'000).status().code(), StatusCode::kUnavailable);
}

TEST_F(MemoryFirstTest, ALongListOfMembers_IsForThePool) {
  for (std::size_t i = 0; i < kQuickRows; ++i) log_->Add(NewId<UserId>());
  const std::unique_ptr<Store> store = MustOpen(works_);
  Fill(*store);
  const auto read = [&] {
    return Run(store->conversations().ReadSnapshot(log_->id(), ReadMode::kCached));
  };
  EXPECT_EQ((*read())->members->size(), kQuickRows + 1);
  works_.Stop();
  EXPECT_EQ(read().status().code(), StatusCode::kUnavailable);
}

TEST_F(MemoryFirstTest, AfterStop_ReadsGoOn) {
  const std::unique_ptr<Store> store = MustOpen(works_);
  Fill(*store);
  store->Stop();
  ExpectAnswers(*store);
}

TEST(ConversationReads, DamagedRows_AreDataLossAtAnyDepth) {
  const ScratchFolder folder;
  const std::unique_ptr<Database> db = *Database::Open({.path = folder.path() / "store",
                                                        .block_cache_bytes = 1'000'000,
                                                        .write_buffer_bytes = 8'000'000,
                                                        .min_free_bytes = 0});
  const auto conversation = NewId<ConversationId>();
  const auto user = NewId<UserId>();
  rocksdb::WriteBatch batch;
  const auto put = [&](Family family, const Key& key) {
    ASSERT_TRUE(batch.Put(db->family(family), key.view(), "\xFF not a record").ok());
  };
  put(Family::kLog, LogKey(conversation, LogClass::kMessage, Seq(2)));
  put(Family::kMemberships, PairKey(user, conversation));
  ASSERT_EQ(db->Write(batch, Durability::kLogged), WriteOutcome::kWritten);

  const ConversationReads reads(*db);
  for (const Depth depth : {Depth::kMemory, Depth::kDisk}) {
    EXPECT_EQ(
        reads.ReadMessages(conversation, {.anchor = Seq(9), .limit = kPage}, depth).status().code(),
        StatusCode::kDataLoss);
    EXPECT_EQ(reads.FindMembership(user, conversation, depth).status().code(),
              StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace parley::storage::rocks
