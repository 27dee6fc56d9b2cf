// Starts keep the log that they read (kept_logs.h): what that must not cost.

#include "storage/rocks/kept_logs.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/group_committer.h"
#include "storage/rocks/conversation_reads.h"
#include "storage/rocks/database.h"
#include "storage/rocks/log_writer.h"
#include "storage/rocks/testing/fault_env.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::rocks {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1024} * 1024;
constexpr std::size_t kTextBytes = 20'000;

class KeptLogsTest : public testing::Test {
 protected:
  ~KeptLogsTest() override { Close(); }

  Status TryOpen(bool sync = true) {
    Result<std::unique_ptr<Database>> db = Database::Open({.path = folder_.path() / "store",
                                                           .block_cache_bytes = kMegabyte,
                                                           .write_buffer_bytes = kMegabyte,
                                                           .min_free_bytes = 0,
                                                           .sync = sync,
                                                           .env = faults_.env()});
    if (!db.ok()) return db.status();
    db_ = *std::move(db);
    writer_ = std::make_unique<RocksLogWriter>(*db_);
    committer_ = std::make_unique<GroupCommitter>(*writer_);
    return Status::Ok();
  }

  void Open() {
    const Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.ToString();
  }

  /// Writes nothing but what is under way: the files are those of a process that was killed.
  void Close() {
    committer_.reset();
    writer_.reset();
    db_.reset();
  }

  void Append(int count) {
    for (int i = 0; i < count; ++i) {
      std::promise<AppendOutcome> answer;
      committer_->Submit(log_.Message(anna_, std::string(kTextBytes, 'x')).Take(),
                         [&](AppendOutcome outcome) { answer.set_value(outcome); });
      ASSERT_EQ(answer.get_future().get(), AppendOutcome::kCommitted);
    }
  }

  void ExpectHoldsAll() {
    const Result<std::vector<EntryPtr>> entries =
        ConversationReads(*db_).ReadEntries(log_.id(), Seq(), 10'000, 1'000 * kMegabyte);
    ASSERT_TRUE(entries.ok()) << entries.status().ToString();
    ASSERT_EQ(entries->size(), log_.entries().size());
    for (std::size_t i = 0; i < entries->size(); ++i) {
      EXPECT_EQ(*(*entries)[i], *log_.entries()[i]);
    }
  }

  std::vector<std::filesystem::path> Files(std::string_view ending) const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "store")) {
      if (entry.path().extension() == ending) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
  }

  std::uint64_t LogBytes() const {
    std::uint64_t bytes = 0;
    for (const auto& file : Files(".log")) bytes += std::filesystem::file_size(file);
    return bytes;
  }

  /// As where the power went before the end of the last log that has rows was on the disk.
  void TearLastLog() {
    std::vector<std::filesystem::path> logs = Files(".log");
    while (!logs.empty() && std::filesystem::file_size(logs.back()) < kTextBytes) logs.pop_back();
    ASSERT_FALSE(logs.empty());
    std::filesystem::resize_file(logs.back(), std::filesystem::file_size(logs.back()) - 10);
  }

  void Flush(Family family) {
    ASSERT_TRUE(db_->db().Flush(rocksdb::FlushOptions(), db_->family(family)).ok());
  }

  ScratchFolder folder_;
  FaultEnv faults_;
  std::unique_ptr<Database> db_;
  std::unique_ptr<RocksLogWriter> writer_;
  std::unique_ptr<GroupCommitter> committer_;
  UserId anna_ = NewId<UserId>();
  LogBuilder log_{{anna_}};
};

TEST_F(KeptLogsTest, AStart_WritesNoTables) {
  Open();
  Append(5);
  Close();
  Open();
  EXPECT_TRUE(Files(".sst").empty());
  ExpectHoldsAll();
}

TEST_F(KeptLogsTest, AStart_RewritesNoTables) {
  Open();
  Append(5);
  Flush(Family::kLog);
  Close();
  const std::vector<std::filesystem::path> tables = Files(".sst");
  EXPECT_EQ(tables.size(), 1U);
  Open();
  Append(1);
  ExpectHoldsAll();  // by a snapshot; RocksDB looks for work when it is released
  ASSERT_TRUE(db_->db().WaitForCompact(rocksdb::WaitForCompactOptions()).ok());
  EXPECT_EQ(Files(".sst"), tables);
}

TEST_F(KeptLogsTest, StartAfterStart_LosesNothing_AndTheLogStaysBounded) {
  for (int starts = 0; starts < 60; ++starts) {
    Open();
    Append(5);
    Close();
    EXPECT_LE(LogBytes(), 2 * kMegabyte) << "after " << starts;
  }
  Open();
  ExpectHoldsAll();
  EXPECT_FALSE(Files(".sst").empty()) << "some was written out on the way";
}

TEST_F(KeptLogsTest, ATornEnd_IsPassedByLaterStarts) {
  Open();
  Append(4);
  const LogBuilder whole = log_;
  Append(1);
  Close();
  TearLastLog();
  log_ = whole;  // the last one was not on the disk, so it was not acknowledged

  Open();
  ExpectHoldsAll();
  Append(3);
  Close();
  Open();
  ExpectHoldsAll();
  // One family leaves the torn log behind, the others still need it.
  Append(1);
  Flush(Family::kLog);
  Append(2);
  Close();
  Open();
  ExpectHoldsAll();
  Append(1);
  Close();
  TearLastLog();
  Open();
  const Result<std::vector<EntryPtr>> entries =
      ConversationReads(*db_).ReadEntries(log_.id(), Seq(), 10'000, 1'000 * kMegabyte);
  ASSERT_TRUE(entries.ok()) << entries.status().ToString();
  EXPECT_EQ(entries->size(), log_.entries().size() - 1) << "only what was torn is missing";
}

TEST_F(KeptLogsTest, ALogThatCannotBeSynced_IsNotGoneOnBehind) {
  Open();
  Append(2);
  Close();
  faults_.Set(Fault::kSyncFails);
  const Status refused = TryOpen();
  EXPECT_EQ(refused.code(), StatusCode::kUnavailable) << refused.ToString();
  EXPECT_NE(refused.message().find("cannot sync the log"), std::string_view::npos);
  EXPECT_TRUE(TryOpen(/*sync=*/false).ok()) << "nothing is promised then";
  Close();
  faults_.Set(Fault::kNone);
  Open();
  ExpectHoldsAll();
}

TEST_F(KeptLogsTest, WhereThereIsNoLog_NothingIsMade) {
  std::filesystem::create_directories(folder_.path() / "store");
  EXPECT_TRUE(SyncKeptLogs(*faults_.env()->GetFileSystem(), folder_.path() / "store").ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "store"));
  EXPECT_EQ(SyncKeptLogs(*faults_.env()->GetFileSystem(), folder_.path() / "none").code(),
            StatusCode::kUnavailable);
}

}  // namespace
}  // namespace parley::storage::rocks
