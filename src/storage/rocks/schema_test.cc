#include "storage/rocks/schema.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "storage/rocks/testing/scratch_folder.h"

namespace parley::storage::rocks {
namespace {

class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() { Open(); }

  void Open() {
    db_.reset();
    Result<std::unique_ptr<Database>> db = TryOpen();
    ASSERT_TRUE(db.ok()) << db.status().ToString();
    db_ = *std::move(db);
  }

  Result<std::unique_ptr<Database>> TryOpen() {
    return Database::Open({.path = folder_.path(),
                           .block_cache_bytes = 1'000'000,
                           .write_buffer_bytes = 1'000'000,
                           .min_free_bytes = 0});
  }

  std::string Read(std::string_view key) {
    rocksdb::PinnableSlice value;
    const Result<bool> found = db_->Get(Family::kMeta, key, value);
    return found.ok() && *found ? value.ToString() : "";
  }

  ScratchFolder folder_;
  std::unique_ptr<Database> db_;
};

/// Appends `mark` to the row "marks" of meta.
Status Mark(Database& db, rocksdb::WriteBatch& batch, std::string_view mark) {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db.Get(Family::kMeta, "marks", value));
  const std::string marks = (found ? value.ToString() : "").append(mark);
  return ToStatus(batch.Put(db.family(Family::kMeta), "marks", marks), Family::kMeta);
}

constexpr Migration kFromOne{
    1, "first", [](Database& db, rocksdb::WriteBatch& batch) { return Mark(db, batch, "a"); }};
constexpr Migration kFromTwo{
    2, "second", [](Database& db, rocksdb::WriteBatch& batch) { return Mark(db, batch, "b"); }};
constexpr Migration kFailing{2, "second", [](Database& db, rocksdb::WriteBatch& batch) {
                               IgnoreStatus(Mark(db, batch, "x"),
                                            "what it adds must not be written");
                               return Unavailable("no room");
                             }};

TEST_F(SchemaTest, NewData_HaveTheNewestVersion_AndNoSteps) {
  const Migration steps[] = {kFromOne, kFromTwo};
  ASSERT_TRUE(MigrateSchema(*db_, 3, steps).ok());
  EXPECT_EQ(Read("marks"), "");
  EXPECT_EQ(Read("schema_version"), "3");
}

TEST_F(SchemaTest, OlderData_TakeEachStepOnce_InOrder) {
  ASSERT_TRUE(MigrateSchema(*db_, 1, {}).ok());
  const Migration steps[] = {kFromTwo, kFromOne};
  for (int i = 0; i < 2; ++i) {
    Open();
    ASSERT_TRUE(MigrateSchema(*db_, 3, steps).ok());
    EXPECT_EQ(Read("marks"), "ab");
    EXPECT_EQ(Read("schema_version"), "3");
  }
}

TEST_F(SchemaTest, StepThatFails_LeavesTheVersionBefore_AndIsTakenNextTime) {
  ASSERT_TRUE(MigrateSchema(*db_, 1, {}).ok());
  const Migration failing[] = {kFromOne, kFailing};
  const Status failed = MigrateSchema(*db_, 3, failing);
  EXPECT_EQ(failed.code(), StatusCode::kUnavailable);
  EXPECT_NE(failed.message().find("version 2 (second): no room"), std::string::npos)
      << failed.ToString();
  EXPECT_EQ(Read("marks"), "a");
  EXPECT_EQ(Read("schema_version"), "2");

  Open();
  const Migration steps[] = {kFromOne, kFromTwo};
  ASSERT_TRUE(MigrateSchema(*db_, 3, steps).ok());
  EXPECT_EQ(Read("marks"), "ab");
}

TEST_F(SchemaTest, DataOfTheFirstLayout_AreBroughtForward) {
  ASSERT_TRUE(MigrateSchema(*db_, 1, {}).ok());
  ASSERT_TRUE(MigrateSchema(*db_).ok());
  EXPECT_EQ(Read("schema_version"), std::to_string(kSchemaVersion));
}

TEST_F(SchemaTest, NewerData_AreRefused_AndLeftAsTheyAre) {
  ASSERT_TRUE(MigrateSchema(*db_, kSchemaVersion + 1, {}).ok());
  const Status refused = MigrateSchema(*db_);
  EXPECT_EQ(refused.code(), StatusCode::kInternal);
  EXPECT_NE(refused.message().find("newer version of Parley"), std::string::npos);
  EXPECT_EQ(Read("schema_version"), std::to_string(kSchemaVersion + 1));
}

TEST_F(SchemaTest, DataWithAFamilyOfALaterVersion_AreRefused) {
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  ASSERT_TRUE(db_->db().CreateColumnFamily({}, "holograms", &handle).ok());
  ASSERT_TRUE(db_->db().DestroyColumnFamilyHandle(handle).ok());
  db_.reset();
  const Result<std::unique_ptr<Database>> refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), StatusCode::kInternal);
  EXPECT_NE(refused.status().message().find("holograms"), std::string::npos);
}

TEST_F(SchemaTest, UnknownOldVersion_IsRefused) {
  ASSERT_TRUE(MigrateSchema(*db_, 1, {}).ok());
  EXPECT_EQ(MigrateSchema(*db_, 2, {}).code(), StatusCode::kInternal);
}

TEST_F(SchemaTest, FamilyThatIsMissing_IsMade) {
  ASSERT_TRUE(db_->db().DropColumnFamily(db_->family(Family::kCurrent)).ok());
  Open();
  EXPECT_NE(db_->family(Family::kCurrent), nullptr);
}

TEST(Families, NamesAreStored_AndNeverChange) {
  std::string names;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    names += std::string(FamilyName(static_cast<Family>(i))) + " ";
  }
  EXPECT_EQ(
      names,
      "default meta users usernames passwords sessions user_sessions session_uses user_search "
      "admin_claims conversations heads log current members memberships positions sent "
      "mentions invitations password_resets audit ");
}

}  // namespace
}  // namespace parley::storage::rocks
