#include "app/data_dir.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace parley::app {
namespace {

class DataDirTest : public testing::Test {
 protected:
  DataDirTest() {
    std::string name = testing::TempDir() + "/data_dir_test.XXXXXX";
    root_ = ::mkdtemp(name.data());
  }
  ~DataDirTest() override { std::filesystem::remove_all(root_); }

  static mode_t Mode(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777U;
  }
  std::size_t CountFiles(const std::string& path) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
  }

  std::string root_;
  SystemRandom random_;
};

TEST_F(DataDirTest, Open_MakesItForItsOwnerAlone) {
  const std::string path = root_ + "/a/b/data";
  const Result<DataDir> dir = OpenDataDir(path);
  ASSERT_TRUE(dir.ok()) << dir.status().ToString();
  EXPECT_EQ(Mode(path), 0700U);
  EXPECT_TRUE(dir->warnings.empty());
  EXPECT_TRUE(OpenDataDir(path).ok());
}

TEST_F(DataDirTest, Open_OthersMayRead_Warns) {
  ::chmod(root_.c_str(), 0755);
  const Result<DataDir> dir = OpenDataDir(root_);
  ASSERT_TRUE(dir.ok());
  ASSERT_EQ(dir->warnings.size(), 1U);
  EXPECT_NE(dir->warnings[0].find("chmod 700"), std::string::npos);
}

TEST_F(DataDirTest, Open_WhatIsNoFolder_Refused) {
  std::ofstream(root_ + "/file") << "x";
  EXPECT_EQ(OpenDataDir(root_ + "/file").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(OpenDataDir(root_ + "/file/data").status().code(), StatusCode::kPermissionDenied);
}

TEST_F(DataDirTest, Secret_IsMadeOnce_ForItsOwnerAlone) {
  const DataDir dir = *OpenDataDir(root_);
  const Result<std::string> first = ReadOrCreateSecret(dir, "key", 32, random_);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_EQ(first->size(), 32U);
  EXPECT_EQ(Mode(root_ + "/key"), 0600U);
  EXPECT_EQ(*ReadOrCreateSecret(dir, "key", 32, random_), *first);
  EXPECT_NE(*ReadOrCreateSecret(dir, "other", 32, random_), *first);
  EXPECT_EQ(CountFiles(root_), 2U);
}

TEST_F(DataDirTest, Secret_ManyAtTheSameTime_GetTheSame) {
  const DataDir dir = *OpenDataDir(root_);
  std::vector<std::string> secrets(8);
  std::vector<std::thread> threads;
  threads.reserve(secrets.size());
  for (std::string& secret : secrets) {
    threads.emplace_back([&] { secret = *ReadOrCreateSecret(dir, "key", 32, random_); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& secret : secrets) EXPECT_EQ(secret, secrets[0]);
  EXPECT_EQ(CountFiles(root_), 1U);
}

TEST_F(DataDirTest, Secret_OthersMayRead_Refused) {
  const DataDir dir = *OpenDataDir(root_);
  ASSERT_TRUE(ReadOrCreateSecret(dir, "key", 32, random_).ok());
  ::chmod((root_ + "/key").c_str(), 0640);
  EXPECT_EQ(ReadOrCreateSecret(dir, "key", 32, random_).status().code(),
            StatusCode::kPermissionDenied);
}

TEST_F(DataDirTest, Secret_OfAnotherSize_IsDataLoss) {
  const DataDir dir = *OpenDataDir(root_);
  ASSERT_TRUE(ReadOrCreateSecret(dir, "key", 32, random_).ok());
  EXPECT_EQ(ReadOrCreateSecret(dir, "key", 31, random_).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(ReadOrCreateSecret(dir, "key", 33, random_).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace parley::app
