#include "storage/rocks/backup_files.h"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "storage/rocks/testing/scratch_folder.h"

namespace parley::storage::rocks {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class BackupFilesTest : public ::testing::Test {
 protected:
  BackupFilesTest() {
    fs::create_directory(from_);
    std::ofstream(from_ / "CURRENT") << "MANIFEST-1\n";
    std::ofstream(from_ / "1.sst", std::ios::binary) << large_;
  }

  ScratchFolder folder_;
  const fs::path from_ = folder_.path() / "staged";
  const std::string large_ = std::string(std::size_t{3} << 20, 'x');
  std::stop_source stop_;
};

TEST_F(BackupFilesTest, IsMovedOnOneFileSystem) {
  const fs::path to = folder_.path() / "copy";
  EXPECT_TRUE(MoveOrCopyFolder(from_, to, stop_.get_token()).ok());
  EXPECT_FALSE(fs::exists(from_));
  EXPECT_EQ(ReadFile(to / "CURRENT"), "MANIFEST-1\n");
  EXPECT_EQ(ReadFile(to / "1.sst"), large_);
}

TEST_F(BackupFilesTest, IsCopied_ForItsOwnerAlone) {
  const fs::path to = folder_.path() / "copy";
  EXPECT_TRUE(CopyFolder(from_, to, stop_.get_token()).ok());
  EXPECT_EQ(ReadFile(to / "CURRENT"), "MANIFEST-1\n");
  EXPECT_EQ(ReadFile(to / "1.sst"), large_);
  EXPECT_EQ(fs::status(to).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(to / "1.sst").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(fs::exists(from_ / "CURRENT"));
}

TEST_F(BackupFilesTest, WhatFailsHalfWay_LeavesNothing) {
  fs::create_directory(from_ / "is no file");
  const fs::path to = folder_.path() / "copy";
  EXPECT_EQ(CopyFolder(from_, to, stop_.get_token()).code(), StatusCode::kUnavailable);
  EXPECT_FALSE(fs::exists(to));
}

TEST_F(BackupFilesTest, AStop_GivesItUp) {
  stop_.request_stop();
  const fs::path to = folder_.path() / "copy";
  EXPECT_EQ(MoveOrCopyFolder(from_, to, stop_.get_token()).code(), StatusCode::kUnavailable);
  EXPECT_EQ(CopyFolder(from_, to, stop_.get_token()).code(), StatusCode::kUnavailable);
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
