#include "storage/rocks/exporter.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/blocking_pool.h"
#include "storage/migration/mover.h"
#include "storage/migration/testing/fake_target.h"
#include "storage/rocks/database.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/schema.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/sample.h"
#include "wire/records.h"

namespace parley::storage::rocks {
namespace {

using migration::Contents;
using migration::FakeTarget;
using testing::HasSubstr;

std::map<std::string, std::string> FilesIn(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    files[entry.path().string()] = bytes.str();
  }
  return files;
}

class RocksExporterTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_.path() / "store"; }

  std::unique_ptr<Store> OpenStore(std::size_t write_buffer_bytes = std::size_t{64} << 20) {
    Result<std::unique_ptr<Store>> store =
        Open({.path = path(), .reads = pool_, .write_buffer_bytes = write_buffer_bytes});
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return store.ok() ? *std::move(store) : nullptr;
  }

  void Fill(std::size_t write_buffer_bytes = std::size_t{64} << 20) {
    const std::unique_ptr<Store> store = OpenStore(write_buffer_bytes);
    sample_.Fill(*store);
    store->Stop();
  }

  Contents Export(const std::filesystem::path& from, ExportOptions options = {}) {
    Contents contents;
    const Result<std::unique_ptr<Exporter>> exporter = OpenExporter(from, options);
    EXPECT_TRUE(exporter.ok()) << exporter.status().ToString();
    if (!exporter.ok()) return contents;
    for (std::size_t i = 0; i < kRecordKinds; ++i) {
      std::string next;
      do {
        const Result<RecordPage> page = (*exporter)->Read(static_cast<RecordKind>(i), next);
        EXPECT_TRUE(page.ok()) << page.status().ToString();
        if (!page.ok()) return contents;
        for (const Record& record : page->records) {
          const Status right = CheckRecord(static_cast<RecordKind>(i), record);
          EXPECT_TRUE(right.ok()) << right.ToString();
          EXPECT_TRUE(contents.at(i).try_emplace(record.key, record.value).second);
        }
        next = page->next;
      } while (!next.empty());
    }
    return contents;
  }

  static std::size_t CountOf(const Contents& contents, RecordKind kind) {
    return contents.at(static_cast<std::size_t>(kind)).size();
  }

  Sample sample_;
  ScratchFolder folder_;
  runtime::BlockingPool pool_{2, 10'000};
};

TEST_F(RocksExporterTest, ExportsEveryKindOfRow) {
  Fill();
  const Contents contents = Export(path());
  for (std::size_t i = 0; i < kRecordKinds; ++i) {
    EXPECT_FALSE(contents.at(i).empty()) << RecordKindName(static_cast<RecordKind>(i));
  }
  std::size_t entries = 0;
  for (const LogBuilder& log : sample_.logs()) entries += log.entries().size();
  EXPECT_EQ(CountOf(contents, RecordKind::kLog), entries);
  EXPECT_EQ(CountOf(contents, RecordKind::kUsers), sample_.users().size());
  // Logs of 1, 40, 1,000 and 2,345 entries.
  EXPECT_EQ(CountOf(contents, RecordKind::kHeads), 1U + 1U + 1U + 3U);
}

TEST_F(RocksExporterTest, PagesOfAnySize_HaveTheSameRecords) {
  Fill(std::size_t{128} * 1024);  // much of it in files
  const Contents contents = Export(path());
  EXPECT_EQ(Export(path(), {.page_records = 1}), contents);
  EXPECT_EQ(Export(path(), {.page_records = 77}), contents);
  EXPECT_EQ(Export(path(), {.page_records = 1'000'000, .page_bytes = 3'000}), contents);
}

TEST_F(RocksExporterTest, EarlierHeads_AreThoseThatWereThen) {
  Fill();
  const Contents contents = Export(path());
  const LogBuilder& log = sample_.logs().back();
  for (const std::uint64_t seq : {1'000U, 2'000U, 2'345U}) {
    std::string key(log.id().view());
    for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(seq >> shift));
    const auto& heads = contents.at(static_cast<std::size_t>(RecordKind::kHeads));
    ASSERT_TRUE(heads.contains(key));
    const Result<Head> head = wire::ReadHeadRecord(heads.at(key));
    ASSERT_TRUE(head.ok());
    const Entry& entry = *log.entries().at(seq - 1);
    EXPECT_EQ(head->seq, entry.seq);
    EXPECT_EQ(head->n, entry.n);
    EXPECT_EQ(head->changed_at, entry.at);
    // Entry 2,000 is a title; all others around are messages.
    EXPECT_EQ(head->last_message, seq == 2'000 ? Seq(1'999) : Seq(seq));
    EXPECT_EQ(head->last_message_at, LogBuilder::TimeOf(head->last_message));
  }
}

TEST_F(RocksExporterTest, ReadsAlone_ChangesNoFile) {
  Fill();
  const auto before = FilesIn(folder_.path());
  const Contents contents = Export(path());
  EXPECT_EQ(CountOf(contents, RecordKind::kUsers), sample_.users().size());
  EXPECT_EQ(FilesIn(folder_.path()), before);
}

TEST_F(RocksExporterTest, AfterAKill_ExportsWhatTheLogHolds) {
  const std::unique_ptr<Store> store = OpenStore();
  sample_.Fill(*store);
  // What a process that is killed leaves.
  const std::filesystem::path left = folder_.path() / "left";
  std::filesystem::copy(path(), left, std::filesystem::copy_options::recursive);
  store->Stop();
  const Contents contents = Export(left);
  EXPECT_EQ(CountOf(contents, RecordKind::kUsers), sample_.users().size());
  EXPECT_EQ(CountOf(contents, RecordKind::kHeads), 6U);
}

TEST_F(RocksExporterTest, MovesToAnotherStore_WithEveryRecord) {
  Fill();
  const Contents contents = Export(path());
  const Result<std::unique_ptr<Exporter>> exporter = OpenExporter(path(), {.page_records = 50});
  ASSERT_TRUE(exporter.ok()) << exporter.status().ToString();
  FakeTarget target;
  const Result<migration::MoveReport> report = migration::Move(**exporter, target, {});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(target.contents(), contents);
}

TEST_F(RocksExporterTest, Identity_IsTheSameUntilSomethingIsWritten) {
  Fill();
  const auto identity = [this] {
    const Result<std::unique_ptr<Exporter>> exporter = OpenExporter(path());
    EXPECT_TRUE(exporter.ok()) << exporter.status().ToString();
    return exporter.ok() ? (*exporter)->identity() : std::string();
  };
  const std::string first = identity();
  EXPECT_EQ(identity(), first);
  {
    const std::unique_ptr<Store> store = OpenStore();
    sample_.Use({store.get()});
    store->Stop();
  }
  EXPECT_NE(identity(), first);
}

TEST_F(RocksExporterTest, AServerHasItOpen_IsRefused) {
  const std::unique_ptr<Store> store = OpenStore();
  const Status refused = OpenExporter(path()).status();
  EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
  EXPECT_THAT(refused.ToString(), HasSubstr("in use by another process: stop the server"));
}

TEST_F(RocksExporterTest, WhileItIsOpen_NoServerStarts) {
  Fill();
  const Result<std::unique_ptr<Exporter>> exporter = OpenExporter(path());
  ASSERT_TRUE(exporter.ok()) << exporter.status().ToString();
  const Status refused = Open({.path = path(), .reads = pool_}).status();
  EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
  EXPECT_THAT(refused.ToString(), HasSubstr("in use by another process"));
}

TEST_F(RocksExporterTest, NoStore_IsNotFoundAndNotMade) {
  EXPECT_EQ(OpenExporter(folder_.path()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(OpenExporter(path()).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(RocksExporterTest, AnotherLayout_IsRefused) {
  Fill();
  const auto set_version = [this](std::uint32_t version) {
    Result<std::unique_ptr<Database>> db = Database::Open({.path = path(),
                                                           .block_cache_bytes = 1 << 20,
                                                           .write_buffer_bytes = 1 << 20,
                                                           .min_free_bytes = 0});
    ASSERT_TRUE(db.ok()) << db.status().ToString();
    rocksdb::WriteBatch batch;
    ASSERT_TRUE(
        batch.Put((*db)->family(Family::kMeta), kSchemaVersionKey, std::to_string(version)).ok());
    ASSERT_EQ((*db)->Write(batch, Durability::kSynced), WriteOutcome::kWritten);
  };
  set_version(kSchemaVersion + 1);
  EXPECT_THAT(OpenExporter(path()).status().ToString(),
              HasSubstr("newer version of Parley (layout 3, this program knows 2)"));
  set_version(kSchemaVersion - 1);
  EXPECT_THAT(OpenExporter(path()).status().ToString(),
              HasSubstr("older version of Parley (layout 1"));
}

}  // namespace
}  // namespace parley::storage::rocks
