// Faults of the disk below each kind of file that RocksDB writes: whatever was acknowledged is
// there after a restart, and nothing is acknowledged that would not be.

#include <atomic>
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
#include "storage/rocks/log_writer.h"
#include "storage/rocks/testing/fault_env.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::rocks {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1024} * 1024;

struct Case {
  FileKind kind;
  Fault fault;
};

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  constexpr const char* kKinds[] = {"Log", "Table", "Manifest"};
  constexpr const char* kFaults[] = {"None",      "NoSpace",    "NoSpaceAtSync",
                                     "SyncFails", "ShortWrite", "OpenFails"};
  return std::string(kKinds[static_cast<std::size_t>(info.param.kind)]) +
         kFaults[static_cast<std::size_t>(info.param.fault)];
}

class DiskFaultsTest : public testing::TestWithParam<Case> {
 protected:
  ~DiskFaultsTest() override { Close(); }

  Status TryOpen() {
    Result<std::unique_ptr<Database>> db =
        Database::Open({.path = folder_.path() / "store",
                        .block_cache_bytes = kMegabyte,
                        .write_buffer_bytes = kMegabyte,
                        .min_free_bytes = 0,
                        .on_fatal = [this](std::string_view) { fatal_ = true; },
                        .env = faults_.env()});
    if (!db.ok()) return db.status();
    db_ = *std::move(db);
    writer_ = std::make_unique<RocksLogWriter>(*db_);
    committer_ = std::make_unique<GroupCommitter>(*writer_);
    return Status::Ok();
  }

  void Close() {
    committer_.reset();
    writer_.reset();
    db_.reset();
  }

  /// One message of 20,000 bytes; what was answered.
  AppendOutcome Append() {
    LogBuilder next = log_;
    std::promise<AppendOutcome> answer;
    committer_->Submit(next.Message(anna_, std::string(20'000, 'x')).Take(),
                       [&](AppendOutcome outcome) { answer.set_value(outcome); });
    const AppendOutcome outcome = answer.get_future().get();
    if (outcome == AppendOutcome::kCommitted) log_ = std::move(next);
    return outcome;
  }

  /// Expects all that was acknowledged; where the last answer was kUnknown one more may be there.
  void ExpectHolds(bool maybe_one_more) {
    const Result<std::vector<EntryPtr>> entries =
        ConversationReads(*db_).ReadEntries(log_.id(), Seq(), 10'000, 1'000 * kMegabyte);
    ASSERT_TRUE(entries.ok()) << entries.status().ToString();
    const std::size_t acked = log_.entries().size();
    ASSERT_GE(entries->size(), acked) << "an acknowledged entry is lost";
    ASSERT_LE(entries->size(), acked + (maybe_one_more ? 1 : 0));
    for (std::size_t i = 0; i < acked; ++i) EXPECT_EQ(*(*entries)[i], *log_.entries()[i]);
  }

  ScratchFolder folder_;
  FaultEnv faults_;
  std::atomic<bool> fatal_ = false;
  std::unique_ptr<Database> db_;
  std::unique_ptr<RocksLogWriter> writer_;
  std::unique_ptr<GroupCommitter> committer_;
  UserId anna_ = NewId<UserId>();
  LogBuilder log_{{anna_}};
};

TEST_P(DiskFaultsTest, NothingAcknowledgedIsLost_AndReadsGoOn) {
  ASSERT_TRUE(TryOpen().ok());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Append(), AppendOutcome::kCommitted);

  // Enough for several flushes: each kind of file is written.
  faults_.Set(GetParam().kind, GetParam().fault);
  AppendOutcome last = AppendOutcome::kCommitted;
  for (int i = 0; i < 200 && last == AppendOutcome::kCommitted; ++i) last = Append();
  ExpectHolds(last == AppendOutcome::kUnknown);
  if (last == AppendOutcome::kCommitted) {
    // The fault did not stop what is acknowledged: that is in the log, which is well.
    EXPECT_NE(GetParam().kind, FileKind::kLog);
  } else if (last == AppendOutcome::kUnknown) {
    EXPECT_TRUE(fatal_) << "the node must stop";
    EXPECT_EQ(Append(), AppendOutcome::kRefused);
  }

  // As after a kill: the disk as it is, and then a disk that is well again.
  faults_.Set(GetParam().kind, Fault::kNone);
  Close();
  const Status opened = TryOpen();
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  ExpectHolds(last == AppendOutcome::kUnknown);
  if (last == AppendOutcome::kUnknown) return;  // the head may be another than the builder's
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Append(), AppendOutcome::kCommitted);
  ExpectHolds(false);
}

TEST_P(DiskFaultsTest, AtTheStart_IsAnErrorThatLosesNothing) {
  ASSERT_TRUE(TryOpen().ok());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Append(), AppendOutcome::kCommitted);
  Close();

  faults_.Set(GetParam().kind, GetParam().fault);
  // It may start where that kind of file is not written at the start; then it tells no untruth.
  if (TryOpen().ok()) ExpectHolds(false);
  faults_.Set(GetParam().kind, Fault::kNone);
  Close();

  ASSERT_TRUE(TryOpen().ok());
  ExpectHolds(false);
  EXPECT_EQ(Append(), AppendOutcome::kCommitted);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, DiskFaultsTest,
    testing::Values(
        Case{FileKind::kLog, Fault::kShortWrite}, Case{FileKind::kLog, Fault::kNoSpace},
        Case{FileKind::kLog, Fault::kNoSpaceAtSync}, Case{FileKind::kLog, Fault::kSyncFails},
        Case{FileKind::kLog, Fault::kOpenFails}, Case{FileKind::kTable, Fault::kShortWrite},
        Case{FileKind::kTable, Fault::kNoSpace}, Case{FileKind::kTable, Fault::kSyncFails},
        Case{FileKind::kTable, Fault::kOpenFails}, Case{FileKind::kManifest, Fault::kShortWrite},
        Case{FileKind::kManifest, Fault::kNoSpace}, Case{FileKind::kManifest, Fault::kSyncFails},
        Case{FileKind::kManifest, Fault::kOpenFails}),
    NameOf);

}  // namespace
}  // namespace parley::storage::rocks
