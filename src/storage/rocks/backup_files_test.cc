#include "storage/rocks/backup_files.h"

#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "storage/rocks/testing/scratch_folder.h"

namespace parley::storage::rocks {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

dev_t DeviceOf(const fs::path& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_dev;
}

class BackupFilesTest : public ::testing::Test {
 protected:
  BackupFilesTest() {
    fs::create_directory(from_);
    std::ofstream(from_ / "CURRENT") << "MANIFEST-1\n";
    std::ofstream(from_ / "1.sst", std::ios::binary) << large_;
  }

  /// A folder on another file system than the scratch folder's; empty where there is none.
  fs::path Elsewhere() {
    std::string path = "parley-backup-XXXXXX";  // where the tests are built
    if (DeviceOf(".") == DeviceOf(folder_.path()) || ::mkdtemp(path.data()) == nullptr) return {};
    elsewhere_ = fs::absolute(path);
    return elsewhere_;
  }
  void TearDown() override {
    if (!elsewhere_.empty()) fs::remove_all(elsewhere_);
  }

  ScratchFolder folder_;
  const fs::path from_ = folder_.path() / "staged";
  const std::string large_ = std::string((std::size_t{5} << 20) / 2, 'x');  // some chunks
  fs::path elsewhere_;
  std::stop_source stop_;
};

TEST_F(BackupFilesTest, IsMovedOnOneFileSystem) {
  const fs::path to = folder_.path() / "copy";
  EXPECT_TRUE(MoveOrCopyFolder(from_, to, stop_.get_token()).ok());
  EXPECT_FALSE(fs::exists(from_));
  EXPECT_EQ(ReadFile(to / "CURRENT"), "MANIFEST-1\n");
  EXPECT_EQ(ReadFile(to / "1.sst"), large_);
}

TEST_F(BackupFilesTest, IsCopiedToAnotherFileSystem_ForItsOwnerAlone) {
  const fs::path parent = Elsewhere();
  if (parent.empty()) GTEST_SKIP() << "there is but one file system";
  const fs::path to = parent / "copy";
  EXPECT_TRUE(MoveOrCopyFolder(from_, to, stop_.get_token()).ok());
  EXPECT_EQ(ReadFile(to / "CURRENT"), "MANIFEST-1\n");
  EXPECT_EQ(ReadFile(to / "1.sst"), large_);
  EXPECT_EQ(fs::status(to).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(to / "1.sst").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(BackupFilesTest, WhatFailsHalfWay_LeavesNothing) {
  const fs::path parent = Elsewhere();
  if (parent.empty()) GTEST_SKIP() << "there is but one file system";
  fs::create_directory(from_ / "is no file");
  const Status failed = MoveOrCopyFolder(from_, parent / "copy", stop_.get_token());
  EXPECT_EQ(failed.code(), StatusCode::kUnavailable);
  EXPECT_TRUE(fs::is_empty(parent));
}

TEST_F(BackupFilesTest, AStop_GivesItUp) {
  stop_.request_stop();
  const fs::path to = folder_.path() / "copy";
  EXPECT_EQ(MoveOrCopyFolder(from_, to, stop_.get_token()).code(), StatusCode::kUnavailable);
  EXPECT_FALSE(fs::exists(to));
}

TEST_F(BackupFilesTest, WhatIsThere_IsNotTouched) {
  const fs::path to = folder_.path() / "copy";
  fs::create_directory(to);
  EXPECT_EQ(MoveOrCopyFolder(from_, to, stop_.get_token()).code(), StatusCode::kUnavailable);
  EXPECT_TRUE(fs::exists(to));
  EXPECT_EQ(MoveOrCopyFolder(from_, folder_.path() / "no" / "such", stop_.get_token()).code(),
            StatusCode::kUnavailable);
  EXPECT_TRUE(fs::exists(from_ / "CURRENT"));
}

}  // namespace
}  // namespace parley::storage::rocks
