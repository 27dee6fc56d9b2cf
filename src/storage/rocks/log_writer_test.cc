#include "storage/rocks/log_writer.h"

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/group_committer.h"
#include "storage/rocks/conversation_reads.h"
#include "storage/rocks/database.h"
#include "storage/rocks/testing/fault_env.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::rocks {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1024} * 1024;
constexpr std::uint64_t kMinFreeBytes = 1'000;

/// A database on a disk with faults, with its committer, as after a start.
class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() { Open(folder_.path() / "store"); }

  void Open(const std::filesystem::path& path) {
    committer_.reset();
    writer_.reset();
    db_.reset();
    Result<std::unique_ptr<Database>> db =
        Database::Open({.path = path,
                        .block_cache_bytes = 8 * kMegabyte,
                        .write_buffer_bytes = 8 * kMegabyte,
                        .min_free_bytes = kMinFreeBytes,
                        .on_fatal = [this](std::string_view what) { fatal_.emplace_back(what); },
                        .env = faults_.env()});
    ASSERT_TRUE(db.ok()) << db.status().ToString();
    db_ = *std::move(db);
    writer_ = std::make_unique<RocksLogWriter>(*db_);
    committer_ = std::make_unique<GroupCommitter>(*writer_);
  }

  /// Opens a copy of the files as they are at this moment: what a new process finds after a kill.
  void OpenAfterCrash() {
    const std::filesystem::path copy = folder_.path() / "copy";
    CopyTo(copy);
    Open(copy);
  }

  void CopyTo(const std::filesystem::path& copy) {
    ASSERT_TRUE(db_->db().DisableFileDeletions().ok());
    // A flush in the middle would leave a manifest with a table that was not there yet when its
    // folder was read: no kill leaves that.
    ASSERT_TRUE(db_->db().PauseBackgroundWork().ok());
    std::filesystem::copy(folder_.path() / "store", copy);
    ASSERT_TRUE(db_->db().ContinueBackgroundWork().ok());
    ASSERT_TRUE(db_->db().EnableFileDeletions().ok());
  }

  std::future<AppendOutcome> Submit(std::shared_ptr<const AppendRequest> request) {
    auto answer = std::make_shared<std::promise<AppendOutcome>>();
    committer_->Submit(std::move(request),
                       [answer](AppendOutcome outcome) { answer->set_value(outcome); });
    return answer->get_future();
  }

  AppendOutcome Append(LogBuilder& log) { return Submit(log.Take()).get(); }

  /// Expects the database to hold the log up to `head`, and nothing behind it.
  void ExpectHolds(const LogBuilder& log, Seq head) {
    const ConversationReads reads(*db_);
    const Result<std::vector<EntryPtr>> entries =
        reads.ReadEntries(log.id(), Seq(), 1'000, 100 * kMegabyte);
    ASSERT_TRUE(entries.ok()) << entries.status().ToString();
    ASSERT_EQ(entries->size(), head.value());
    for (std::size_t i = 0; i < entries->size(); ++i) EXPECT_EQ(*(*entries)[i], *log.entries()[i]);
    EXPECT_EQ(*reads.ReadHeadSeq(log.id()), head);
  }

  ScratchFolder folder_;
  FaultEnv faults_;
  std::vector<std::string> fatal_;
  std::unique_ptr<Database> db_;
  std::unique_ptr<RocksLogWriter> writer_;
  std::unique_ptr<GroupCommitter> committer_;
  UserId anna_ = NewId<UserId>();
};

TEST_F(LogWriterTest, AppendsBehindAnFsync_ShareTheNextOne) {
  LogBuilder first({anna_});
  std::vector<LogBuilder> logs(64, LogBuilder({anna_}));
  faults_.HoldSyncs();
  std::vector<std::future<AppendOutcome>> answers;
  answers.push_back(Submit(first.Take()));
  faults_.AwaitHeldSync();
  for (LogBuilder& log : logs) {
    log = LogBuilder({anna_});
    log.Message(anna_, "hello");
    answers.push_back(Submit(log.Take()));
  }
  EXPECT_EQ(committer_->stats().requests, 0U) << "answered before its fsync";
  faults_.ReleaseSyncs();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(committer_->stats().syncs, 2U);
  EXPECT_EQ(committer_->stats().requests, 65U);
  EXPECT_EQ(committer_->stats().entries, 1U + 64 * 2);
}

TEST_F(LogWriterTest, OneSender_HasOneFsyncForEachAppend) {
  LogBuilder log({anna_});
  for (int i = 0; i < 10; ++i) {
    log.Message(anna_, "hello");
    EXPECT_EQ(Append(log), AppendOutcome::kCommitted);
  }
  EXPECT_EQ(committer_->stats().syncs, 10U);
}

TEST_F(LogWriterTest, Conflict_InAGroup_ConcernsNobodyElse) {
  LogBuilder first({anna_});
  LogBuilder good({anna_});
  LogBuilder twice({anna_});
  const auto twice_request = twice.Take();
  faults_.HoldSyncs();
  std::vector<std::future<AppendOutcome>> answers;
  answers.push_back(Submit(first.Take()));
  faults_.AwaitHeldSync();
  answers.push_back(Submit(twice_request));
  answers.push_back(Submit(twice_request));            // the head is in the batch by now
  answers.push_back(Submit(twice.Title("2").Take()));  // and this one rests on it
  answers.push_back(Submit(good.Take()));
  faults_.ReleaseSyncs();
  using enum AppendOutcome;
  std::vector<AppendOutcome> outcomes;
  for (auto& answer : answers) outcomes.push_back(answer.get());
  EXPECT_EQ(outcomes, (std::vector{kCommitted, kCommitted, kConflict, kCommitted, kCommitted}));
  EXPECT_EQ(committer_->stats().syncs, 2U);
  ExpectHolds(twice, Seq(2));
  ExpectHolds(good, Seq(1));
}

TEST_F(LogWriterTest, MoreConversationsThanHeadsAreRemembered_EachHasItsOwn) {
  std::vector<LogBuilder> logs;
  for (int i = 0; i < 5'000; ++i) logs.push_back(LogBuilder({anna_}));
  for (int round = 0; round < 2; ++round) {
    std::vector<std::future<AppendOutcome>> answers;
    for (LogBuilder& log : logs) answers.push_back(Submit(log.Message(anna_, "hello").Take()));
    for (auto& answer : answers) ASSERT_EQ(answer.get(), AppendOutcome::kCommitted);
  }
  for (LogBuilder& log : logs) ExpectHolds(log, Seq(3));
}

TEST_F(LogWriterTest, ConflictsAlone_AreNotWritten) {
  LogBuilder log({anna_});
  log.Take();
  log.Message(anna_, "out of nowhere");
  EXPECT_EQ(Append(log), AppendOutcome::kConflict);
  EXPECT_EQ(committer_->stats().syncs, 0U);
}

TEST_F(LogWriterTest, Crash_KeepsAllThatWasCommitted) {
  std::vector<LogBuilder> logs(5, LogBuilder({anna_}));
  for (LogBuilder& log : logs) {
    log = LogBuilder({anna_});
    for (int i = 0; i < 20; ++i) {
      log.Message(anna_, std::string(100, 'x')).Title("t");
      ASSERT_EQ(Append(log), AppendOutcome::kCommitted);
    }
  }
  OpenAfterCrash();
  for (LogBuilder& log : logs) {
    ExpectHolds(log, log.head().seq);
    EXPECT_EQ(Append(log.Message(anna_, "after")), AppendOutcome::kCommitted);
  }
}

TEST_F(LogWriterTest, CrashWithinAWrite_DropsItWhole) {
  LogBuilder log({anna_});
  ASSERT_EQ(Append(log), AppendOutcome::kCommitted);
  log.Message(anna_, std::string(1'000, 'x')).Title("t");
  ASSERT_EQ(Append(log), AppendOutcome::kCommitted);
  const std::filesystem::path torn = folder_.path() / "torn";
  CopyTo(torn);
  for (const auto& file : std::filesystem::directory_iterator(torn)) {
    if (file.path().extension() != ".log" || file.file_size() == 0) continue;
    std::filesystem::resize_file(file.path(), file.file_size() - 20);
  }
  Open(torn);
  ExpectHolds(log, Seq(1));
}

TEST_F(LogWriterTest, SyncFails_IsUnknownAndFatal_AndNothingIsWrittenAfterwards) {
  for (const Fault fault : {Fault::kSyncFails, Fault::kNoSpaceAtSync}) {
    SCOPED_TRACE(static_cast<int>(fault));
    fatal_.clear();
    faults_.Set(Fault::kNone);
    Open(folder_.path() / std::to_string(static_cast<int>(fault)));
    LogBuilder log({anna_});
    ASSERT_EQ(Append(log), AppendOutcome::kCommitted);

    faults_.Set(fault);
    EXPECT_EQ(Submit(LogBuilder(log).Message(anna_, "?").Take()).get(), AppendOutcome::kUnknown);
    EXPECT_EQ(fatal_.size(), 1U);
    ExpectHolds(log, Seq(1));

    faults_.Set(Fault::kNone);
    EXPECT_EQ(Submit(LogBuilder(log).Message(anna_, "?").Take()).get(), AppendOutcome::kRefused);
    EXPECT_EQ(fatal_.size(), 1U);
    EXPECT_EQ(committer_->stats().syncs, 1U);
  }
}

TEST_F(LogWriterTest, LittleRoom_RefusesBeforeAnythingIsWritten_UntilThereIsMore) {
  LogBuilder log({anna_});
  ASSERT_EQ(Append(log), AppendOutcome::kCommitted);
  faults_.SetFreeBytes(kMinFreeBytes - 1);
  const auto request = log.Message(anna_, "hello").Take();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Submit(request).get(), AppendOutcome::kRefused);
  ExpectHolds(log, Seq(1));
  faults_.SetFreeBytes(kMinFreeBytes);
  EXPECT_EQ(Submit(request).get(), AppendOutcome::kCommitted);
  ExpectHolds(log, Seq(2));
  EXPECT_TRUE(fatal_.empty());
}

TEST_F(LogWriterTest, DiskFullWithinAWrite_RefusesTheGroup_AndReadsGoOn_UntilARestartIsOfUse) {
  LogBuilder log({anna_});
  log.Message(anna_, "before");
  ASSERT_EQ(Append(log), AppendOutcome::kCommitted);

  faults_.Set(Fault::kNoSpace);
  const auto request = log.Message(anna_, std::string(50'000, '?')).Take();
  EXPECT_EQ(Submit(request).get(), AppendOutcome::kRefused);
  faults_.SetFreeBytes(0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Submit(request).get(), AppendOutcome::kRefused);
    ExpectHolds(log, Seq(2));
  }
  EXPECT_TRUE(fatal_.empty());

  faults_.Set(Fault::kNone);
  faults_.SetFreeBytes(std::nullopt);
  EXPECT_EQ(Submit(request).get(), AppendOutcome::kRefused);
  EXPECT_EQ(Submit(request).get(), AppendOutcome::kRefused);
  EXPECT_EQ(fatal_.size(), 1U);

  Open(folder_.path() / "store");
  ExpectHolds(log, Seq(2));
  EXPECT_EQ(Submit(request).get(), AppendOutcome::kCommitted);
  OpenAfterCrash();
  ExpectHolds(log, Seq(3));
}

TEST_F(LogWriterTest, DamagedHead_RefusesItsConversationAlone) {
  LogBuilder damaged({anna_});
  LogBuilder good({anna_});
  ASSERT_EQ(Append(damaged), AppendOutcome::kCommitted);
  rocksdb::WriteBatch batch;
  ASSERT_TRUE(batch.Put(db_->family(Family::kHeads), damaged.id().view(), "\x63").ok());
  ASSERT_EQ(db_->Write(batch, Durability::kSynced), WriteOutcome::kWritten);
  Open(folder_.path() / "store");  // who wrote a head last needs not read it

  LogBuilder first({anna_});
  faults_.HoldSyncs();
  std::future<AppendOutcome> held = Submit(first.Take());
  faults_.AwaitHeldSync();
  std::future<AppendOutcome> refused = Submit(damaged.Message(anna_, "?").Take());
  std::future<AppendOutcome> committed = Submit(good.Take());
  faults_.ReleaseSyncs();
  EXPECT_EQ(held.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(refused.get(), AppendOutcome::kRefused);
  EXPECT_EQ(committed.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(ConversationReads(*db_).ReadSnapshot(damaged.id()).status().code(),
            StatusCode::kDataLoss);
}

}  // namespace
}  // namespace parley::storage::rocks
