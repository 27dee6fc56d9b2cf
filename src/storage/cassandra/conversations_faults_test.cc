#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/testing/conversation_cluster.h"
#include "storage/cassandra/testing/fault_session.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::cassandra {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// A store whose calls can be made to fail, on a real cluster.
class ConversationsFaults : public testing::Test {
 protected:
  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  AppendOutcome Append(std::shared_ptr<const AppendRequest> request) {
    std::promise<AppendOutcome> answer;
    store_->Append(std::move(request), [&](AppendOutcome outcome) { answer.set_value(outcome); });
    return answer.get_future().get();
  }
  void Commit(LogBuilder& log) { ASSERT_EQ(Append(log.Take()), AppendOutcome::kCommitted); }
  SnapshotPtr Snapshot(ConversationId id) {
    const Result<SnapshotPtr> snapshot = Run(store_->ReadSnapshot(id, ReadMode::kFresh));
    return snapshot.ok() ? *snapshot : nullptr;
  }
  std::vector<EntryPtr> Entries(ConversationId id, Seq after = Seq()) {
    Result<std::vector<EntryPtr>> entries = Run(store_->ReadEntries(id, after, 5'000, 100'000'000));
    EXPECT_TRUE(entries.ok()) << entries.status().ToString();
    return *std::move(entries);
  }
  void ExpectShows(const LogBuilder& log) {
    const std::vector<EntryPtr> entries = Entries(log.id());
    ASSERT_EQ(entries.size(), log.entries().size());
    for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(*entries[i], *log.entries()[i]);
    const SnapshotPtr snapshot = Snapshot(log.id());
    ASSERT_NE(snapshot, nullptr);
    EXPECT_EQ(snapshot->head, log.head());
    EXPECT_EQ(snapshot->info, log.info());
    EXPECT_EQ(*snapshot->members, log.members());
  }
  void Reopen(ConversationOptions options = {}) {
    store_ = nullptr;  // waits for what is under way
    store_ = OpenConversations(session_, clock_, options);
  }
  std::vector<ConversationId> Active(ConversationId id) {
    const std::int64_t minute =
        std::chrono::floor<std::chrono::minutes>(clock_.Now()).time_since_epoch().count();
    return *Run(store_->ListActive(minute, ActiveShardOf(id)));
  }

  runtime::Shard shard_;
  FakeClock clock_;
  FaultSession session_{ConversationCluster()};
  std::unique_ptr<Conversations> store_ = OpenConversations(session_, clock_);
  const UserId anna_ = NewId<UserId>();
  const UserId ben_ = NewId<UserId>();
};

// -- Before the commit ----------------------------------------------------------------------------

TEST_F(ConversationsFaults, Append_ThatCannotBeListed_IsRefused) {
  LogBuilder log({anna_});
  const auto request = log.Take();
  for (const Fault fault : {Fault::kRefused, Fault::kUnknownNotDone, Fault::kUnknownDone}) {
    session_.Fail("active.add", fault);
    EXPECT_EQ(Append(request), AppendOutcome::kRefused);
  }
  EXPECT_EQ(session_.sent("log.append"), 0);
  EXPECT_EQ(Snapshot(log.id()), nullptr);
  EXPECT_EQ(Append(request), AppendOutcome::kCommitted);
}

TEST_F(ConversationsFaults, Append_ListsOnceInAMinute) {
  LogBuilder log({anna_});
  Commit(log);
  log.Message(anna_, "one");
  Commit(log);
  EXPECT_EQ(session_.sent("active.add"), 1);
  EXPECT_THAT(Active(log.id()), Contains(log.id()));
  clock_.Advance(60s);
  EXPECT_THAT(Active(log.id()), Not(Contains(log.id())));
  log.Message(anna_, "two");
  Commit(log);
  EXPECT_EQ(session_.sent("active.add"), 2);
  EXPECT_THAT(Active(log.id()), Contains(log.id()));
}

// -- The commit -----------------------------------------------------------------------------------

TEST_F(ConversationsFaults, Append_TimedOut_AsksTheLog_AndIsSentAgain) {
  LogBuilder log({anna_, ben_}, "Tea");
  session_.Fail("log.append", Fault::kUnknownNotDone);
  Commit(log);
  EXPECT_EQ(session_.sent("log.append"), 2);
  ExpectShows(log);

  log.Message(anna_, "hello").Title("Coffee");
  session_.Fail("log.append", Fault::kUnknownDone);
  Commit(log);
  EXPECT_EQ(session_.sent("log.append"), 3) << "the log has it";
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_TimedOut_WhereOthersWrote_IsInConflict) {
  LogBuilder log({anna_, ben_}, "Tea");
  Commit(log);
  LogBuilder rival = log;
  rival.Message(ben_, "mine").Message(ben_, "mine too");
  Commit(rival);
  log.Message(anna_, "mine");
  session_.Fail("log.append", Fault::kUnknownNotDone);
  EXPECT_EQ(Append(log.Take()), AppendOutcome::kConflict);
  ExpectShows(rival);
}

TEST_F(ConversationsFaults, Append_TimedOutAgainAndAgain_IsUnknown_AndMayBeDoneLater) {
  LogBuilder log({anna_, ben_}, "Tea");
  const auto request = log.Take();
  for (int i = 0; i < 3; ++i) session_.Fail("log.append", Fault::kUnknownNotDone);
  EXPECT_EQ(Append(request), AppendOutcome::kUnknown);
  EXPECT_EQ(Snapshot(log.id()), nullptr);
  EXPECT_EQ(session_.sent("members.write"), 0);
  EXPECT_EQ(Append(request), AppendOutcome::kCommitted);
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_SentTwice_WhoseFirstCameLate_IsCommitted) {
  LogBuilder log({anna_});
  const auto request = log.Take();
  session_.Fail("log.append", Fault::kUnknownDone);
  session_.Fail("log.entries_serial", Fault::kUnknownNotDone);
  EXPECT_EQ(Append(request), AppendOutcome::kUnknown) << "the log cannot be asked";
  session_.Fail("log.append", Fault::kUnknownNotDone);  // the one before is what stands there
  EXPECT_EQ(Append(request), AppendOutcome::kCommitted);
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_Refused_IsRefused) {
  LogBuilder log({anna_});
  const auto request = log.Take();
  session_.Fail("log.append", Fault::kRefused);
  EXPECT_EQ(Append(request), AppendOutcome::kRefused);
  EXPECT_EQ(Snapshot(log.id()), nullptr);
}

TEST_F(ConversationsFaults, Append_TimedOutBehindIt_IsUnknown_AndIsFinishedByWhoComesNext) {
  LogBuilder log({anna_, ben_}, "Tea");
  const auto creation = log.Take();
  session_.Fail("log.append", Fault::kUnknownDone);
  session_.Fail("log.entries_serial", Fault::kRefused);
  EXPECT_EQ(Append(creation), AppendOutcome::kUnknown);

  // The log has it; what follows is not there yet. The conversation is described by its creation.
  const SnapshotPtr bare = Snapshot(log.id());
  ASSERT_NE(bare, nullptr);
  EXPECT_EQ(bare->head, log.head());
  EXPECT_EQ(bare->info, log.info());
  EXPECT_THAT(*bare->members, IsEmpty());
  EXPECT_EQ(*Run(store_->ReadApplied(log.id())), Seq());
  EXPECT_THAT(Active(log.id()), Contains(log.id()));

  ASSERT_TRUE(Run(store_->ApplyEffects(log.id(), creation->effects, Seq(1))).ok());
  ExpectShows(log);
  EXPECT_EQ(*Run(store_->ReadApplied(log.id())), Seq(1));
  log.Message(anna_, "hello");
  Commit(log);
  ExpectShows(log);
}

// -- Behind the commit ----------------------------------------------------------------------------

TEST_F(ConversationsFaults, Append_WithoutAllItsEffects_IsUnknown_AndNotMarked) {
  LogBuilder log({anna_}, "Tea");
  Commit(log);
  Reopen();
  for (const std::string statement : {"conversation.info_write", "members.write",
                                      "memberships.write", "sent.write", "mentions.write"}) {
    SCOPED_TRACE(statement);
    const Seq before = log.head().seq;
    log.Title("Coffee " + statement).Add(NewId<UserId>()).Message(anna_, "@anna", {anna_});
    const auto request = log.Take();
    session_.Fail(statement, Fault::kUnknownNotDone);
    EXPECT_EQ(Append(request), AppendOutcome::kUnknown);
    EXPECT_EQ(Snapshot(log.id())->head, log.head());
    Reopen();
    EXPECT_EQ(*Run(store_->ReadApplied(log.id())), before);
    ASSERT_TRUE(Run(store_->ApplyEffects(log.id(), request->effects, log.head().seq)).ok());
    ExpectShows(log);
    EXPECT_EQ(*Run(store_->FindSent(log.id(), anna_, log.last_sent().client_id, {})),
              log.last_sent());
  }
}

TEST_F(ConversationsFaults, Append_IsToldOfInTheLog_WhateverBecomesOfItsEffects) {
  LogBuilder log({anna_});
  Commit(log);
  log.Message(anna_, "hello");
  const auto request = log.Take();
  request->tell_logged = true;
  session_.Fail("sent.write", Fault::kUnknownNotDone);
  std::vector<AppendOutcome> heard;
  std::promise<void> last;
  store_->Append(request, [&](AppendOutcome outcome) {
    heard.push_back(outcome);
    if (outcome != AppendOutcome::kLogged) last.set_value();
  });
  last.get_future().get();
  EXPECT_THAT(heard, ElementsAre(AppendOutcome::kLogged, AppendOutcome::kUnknown));
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_WhoseMarkIsLost_IsCommitted_AndMarkedByTheNext) {
  LogBuilder log({anna_});
  session_.Fail("conversation.applied_write", Fault::kUnknownNotDone);
  Commit(log);
  Reopen();
  EXPECT_EQ(*Run(store_->ReadApplied(log.id())), Seq());
  log.Message(anna_, "hello");
  Commit(log);
  Reopen();
  EXPECT_EQ(*Run(store_->ReadApplied(log.id())), Seq(2));
}

TEST_F(ConversationsFaults, ApplyEffects_ThatFails_DoesNotMark) {
  LogBuilder log({anna_, ben_});
  const auto request = log.Take();
  session_.Fail("log.append", Fault::kUnknownDone);
  session_.Fail("log.entries_serial", Fault::kRefused);
  EXPECT_EQ(Append(request), AppendOutcome::kUnknown);
  session_.Fail("memberships.write", Fault::kRefused, 1);
  EXPECT_FALSE(Run(store_->ApplyEffects(log.id(), request->effects, Seq(1))).ok());
  EXPECT_EQ(*Run(store_->ReadApplied(log.id())), Seq());
}

// -- Several batches ------------------------------------------------------------------------------

TEST_F(ConversationsFaults, Append_OverTheEndOfABucket_IsWhole) {
  LogBuilder log({anna_});
  while (log.head().seq < Seq(990)) log.Message(anna_, "m");
  Commit(log);
  const int batches = session_.sent("log.append");
  for (int i = 0; i < 256; ++i) log.Message(anna_, "m");
  Commit(log);
  EXPECT_EQ(session_.sent("log.append"), batches + 2);
  ExpectShows(log);
  Reopen();  // knows nothing of its buckets
  ExpectShows(log);
  log.Message(anna_, "more");
  Commit(log);
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_ThatBeginsABucket_ReadsTheOneBefore) {
  LogBuilder log({anna_});
  while (log.head().seq < Seq(999)) log.Message(anna_, "m");
  Commit(log);
  // Nobody may begin the second bucket while there is room in the first.
  LogBuilder ahead = log;
  ahead.Message(anna_, "1000");
  ahead.Take();
  ahead.Message(anna_, "1001");
  EXPECT_EQ(Append(ahead.Take()), AppendOutcome::kConflict);
  ExpectShows(log);

  log.Message(anna_, "1000");
  Commit(log);
  log.Message(anna_, "1001");
  const auto request = log.Take();
  session_.Fail("log.head_serial", Fault::kUnknownNotDone);
  EXPECT_EQ(Append(request), AppendOutcome::kRefused);
  const int reads = session_.sent("log.head_serial");
  EXPECT_EQ(Append(request), AppendOutcome::kCommitted);
  EXPECT_EQ(session_.sent("log.head_serial"), reads + 1);
  ExpectShows(log);
  log.Message(anna_, "1002");
  Commit(log);
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_OfLargeMessages_IsCutIntoBatches) {
  LogBuilder log({anna_});
  Commit(log);
  const int batches = session_.sent("log.append");
  for (int i = 0; i < 64; ++i) log.Message(anna_, std::string(64'000, 'x'));
  Commit(log);
  EXPECT_GE(session_.sent("log.append") - batches, 5);
  ExpectShows(log);
}

TEST_F(ConversationsFaults, Append_ThatFailsInItsMiddle_IsUnknown_AndLeavesAWholeHead) {
  Reopen({.max_batch_bytes = 1});
  for (const Fault fault : {Fault::kRefused, Fault::kUnknownNotDone}) {
    LogBuilder log({anna_});
    log.Message(anna_, "the last one");
    Commit(log);
    const LogBuilder before = log;
    LogBuilder middle = log;
    log.Title("a").Title("b").Message(anna_, "one").Title("c");
    middle.Title("a").Title("b");
    session_.Fail("log.append", fault, 2);
    if (fault != Fault::kRefused) session_.Fail("log.entries_serial", Fault::kRefused);
    EXPECT_EQ(Append(log.Take()), AppendOutcome::kUnknown);

    const SnapshotPtr snapshot = Snapshot(log.id());
    Head expected = middle.head();
    expected.client_ids_until = log.head().client_ids_until;  // a limit, which holds for less too
    EXPECT_EQ(snapshot->head, expected);
    EXPECT_EQ(*snapshot->last_message, *before.last_message());
    EXPECT_EQ(Entries(log.id()).size(), 4U);
    Reopen({.max_batch_bytes = 1});
    EXPECT_EQ(*Run(store_->ReadApplied(log.id())), before.head().seq);
  }
}

}  // namespace
}  // namespace parley::storage::cassandra
