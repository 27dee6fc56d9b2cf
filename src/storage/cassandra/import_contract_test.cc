#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/blocking_pool.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/cassandra_store.h"
#include "storage/cassandra/importer.h"
#include "storage/cassandra/testing/test_cluster.h"
#include "storage/migration/mover.h"
#include "storage/migration/testing/fake_target.h"
#include "storage/migration/testing/random_contents.h"
#include "storage/rocks/exporter.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/sample.h"

// A move from RocksDB into three real nodes.
namespace parley::storage::cassandra {
namespace {

using migration::Contents;
using migration::Move;
using migration::MoveReport;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

/// Dies at every `each`-th call that writes: before it is done, and after it, in turn.
class DyingImporter final : public Importer {
 public:
  DyingImporter(Importer& importer, int each) : importer_(importer), each_(each) {}

  Result<std::optional<ImportState>> ReadState() override { return importer_.ReadState(); }
  Status Begin(std::string source) override {
    return Do([&] { return importer_.Begin(source); });
  }
  Status Write(RecordKind kind, const std::vector<Record>& records) override {
    return Do([&] { return importer_.Write(kind, records); });
  }
  Status SaveProgress(std::string progress, std::uint64_t number) override {
    return Do([&] { return importer_.SaveProgress(progress, number); });
  }
  Status Finish() override { return importer_.Finish(); }
  Exporter& written() override { return importer_.written(); }

  int deaths() const { return deaths_; }

 private:
  template <class Call>
  Status Do(Call call) {
    if (++calls_ % each_ != 0) return call();
    if (++deaths_ % 2 == 0) PARLEY_TRY(call());
    return Internal("died");
  }

  Importer& importer_;
  const int each_;
  int calls_ = 0;
  int deaths_ = 0;
};

Contents ReadAll(Exporter& exporter) {
  Contents contents;
  for (std::size_t i = 0; i < kRecordKinds; ++i) {
    std::string next;
    do {
      const Result<RecordPage> page = exporter.Read(static_cast<RecordKind>(i), next);
      EXPECT_TRUE(page.ok()) << page.status().ToString();
      if (!page.ok()) return contents;
      for (const Record& record : page->records) contents.at(i)[record.key] = record.value;
      next = page->next;
    } while (!next.empty());
  }
  return contents;
}

class ImportContract : public testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<TestKeyspace>> keyspace = TestKeyspace::Create();
    ASSERT_TRUE(keyspace.ok()) << keyspace.status().ToString();
    keyspace_ = *std::move(keyspace);
  }

  OpenOptions Options() const {
    return {.session = *TestSessionOptions(keyspace_->name()), .schema = {}};
  }
  std::unique_ptr<Importer> Target() const {
    Result<std::unique_ptr<Importer>> importer = OpenImporter(Options());
    EXPECT_TRUE(importer.ok()) << importer.status().ToString();
    return importer.ok() ? *std::move(importer) : nullptr;
  }
  std::unique_ptr<ClusterStore> OpenCluster() const {
    Result<std::unique_ptr<ClusterStore>> store = Open(Options());
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return store.ok() ? *std::move(store) : nullptr;
  }

  std::unique_ptr<Store> OpenRocks() {
    Result<std::unique_ptr<Store>> store = rocks::Open({.path = path(), .reads = pool_});
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return store.ok() ? *std::move(store) : nullptr;
  }
  std::unique_ptr<Exporter> Source(std::size_t page_records = 1'000) {
    Result<std::unique_ptr<Exporter>> source =
        rocks::OpenExporter(path(), {.page_records = page_records});
    EXPECT_TRUE(source.ok()) << source.status().ToString();
    return source.ok() ? *std::move(source) : nullptr;
  }
  std::filesystem::path path() const { return folder_.path() / "store"; }

  std::unique_ptr<TestKeyspace> keyspace_;
  rocks::ScratchFolder folder_;
  runtime::BlockingPool pool_{2, 10'000};
  Sample sample_;
};

/// Both stores answer the same to whatever is asked, and after the same changes, too.
TEST_F(ImportContract, Move_DyingAgainAndAgain_LeavesTheSameStore) {
  {
    const std::unique_ptr<Store> rocks = OpenRocks();
    sample_.Fill(*rocks);
    rocks->Stop();
  }
  {
    const std::unique_ptr<Exporter> source = Source(400);
    const std::unique_ptr<Importer> target = Target();
    ASSERT_TRUE(source != nullptr && target != nullptr);
    DyingImporter dying(*target, 6);
    Result<MoveReport> report = Internal("not begun");
    while (!report.ok()) {
      report = Move(*source, dying, {});
      if (report.ok()) break;
      ASSERT_EQ(report.status().code(), StatusCode::kInternal) << report.status().ToString();
      if (dying.deaths() % 8 != 1) continue;
      const Status refused = Open(Options()).status();
      if (dying.deaths() == 1) {
        EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument);
        EXPECT_THAT(refused.ToString(), HasSubstr("half moved: run `parleyd migrate` again"));
      }
      EXPECT_FALSE(refused.ok());
    }
    EXPECT_GT(dying.deaths(), 5);
    EXPECT_TRUE(report->went_on);
    EXPECT_THAT(Move(*source, *target, {}).status().ToString(),
                HasSubstr("CONFLICT: all is moved already"));
  }
  const std::unique_ptr<Store> rocks = OpenRocks();
  const std::unique_ptr<ClusterStore> cluster = OpenCluster();
  ASSERT_TRUE(rocks != nullptr && cluster != nullptr);
  const std::vector<std::string> lines = sample_.Describe(*rocks);
  EXPECT_THAT(lines, Contains(StartsWith("entries: 2345\n")));
  EXPECT_EQ(sample_.Describe(*cluster), lines);
  for (const LogBuilder& log : sample_.logs()) {
    runtime::Shard shard;
    EXPECT_EQ(runtime::RunTask(shard, cluster->conversations().ReadApplied(log.id())).value(),
              log.head().seq);
  }
  sample_.Use({rocks.get(), cluster.get()});
  EXPECT_EQ(sample_.Describe(*cluster), sample_.Describe(*rocks));
  rocks->Stop();
}

/// Odd ones, too. That all is read back as it was is what the move itself makes sure of.
TEST_F(ImportContract, RecordsOfEveryKind_AreReadBackAsTheyWere) {
  migration::FakeSource source(migration::RandomContents(7, 200), 333);
  const std::unique_ptr<Importer> target = Target();
  ASSERT_NE(target, nullptr);
  const Result<MoveReport> report = Move(source, *target, {});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  std::size_t records = 0;
  for (const auto& rows : source.contents()) records += rows.size();
  EXPECT_EQ(report->records, records);
  const Contents written = ReadAll(target->written());
  EXPECT_EQ(written, source.contents());
}

TEST_F(ImportContract, EmptyStore_IsMoved) {
  OpenRocks()->Stop();
  const std::unique_ptr<Exporter> source = Source();
  const std::unique_ptr<Importer> target = Target();
  ASSERT_TRUE(source != nullptr && target != nullptr);
  const Result<MoveReport> report = Move(*source, *target, {});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->records, 0U);
  EXPECT_NE(OpenCluster(), nullptr);
}

TEST_F(ImportContract, TargetThatAServerHasUsed_IsRefusedAndStaysOpen) {
  OpenRocks()->Stop();
  const std::unique_ptr<Exporter> source = Source();
  const std::unique_ptr<Importer> target = Target();
  const std::unique_ptr<ClusterStore> cluster = OpenCluster();
  ASSERT_TRUE(source != nullptr && target != nullptr && cluster != nullptr);
  runtime::Shard shard;
  ASSERT_TRUE(runtime::RunTask(shard, cluster->meta().GetOrCreateKey("cursors", {})).ok());
  const Status refused = Move(*source, *target, {}).status();
  EXPECT_EQ(refused.code(), StatusCode::kConflict);
  EXPECT_THAT(refused.ToString(), HasSubstr("is not empty (table secret_keys)"));
  EXPECT_NE(OpenCluster(), nullptr);
}

/// As when a node of Cassandra has lost rows that no other node has.
TEST_F(ImportContract, RowsThatAreLostBeforeTheEnd_AreFound) {
  {
    const std::unique_ptr<Store> rocks = OpenRocks();
    sample_.Fill(*rocks);
    rocks->Stop();
  }
  const std::unique_ptr<Exporter> source = Source();
  const std::unique_ptr<Importer> target = Target();
  ASSERT_TRUE(source != nullptr && target != nullptr);
  migration::MoveOptions options;
  options.tell = [&](const migration::MoveProgress& progress) {
    if (progress.kind != RecordKind::kMentions || !progress.kind_done) return;
    if (progress.step == migration::Step::kVerifying) return;
    ASSERT_TRUE(keyspace_->session()
                    .Run("DELETE FROM {keyspace}.usernames WHERE name = '" +
                         sample_.users().front().username + "'")
                    .ok());
  };
  const Status refused = Move(*source, *target, std::move(options)).status();
  EXPECT_EQ(refused.code(), StatusCode::kDataLoss);
  EXPECT_THAT(refused.ToString(), HasSubstr("usernames: 10 written"));
  EXPECT_EQ(Open(Options()).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace parley::storage::cassandra
