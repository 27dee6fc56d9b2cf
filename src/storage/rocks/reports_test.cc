#include "storage/rocks/reports.h"

#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/rocks/testing/scratch_folder.h"

namespace parley::storage::rocks {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ReportsTest, AreWrittenAtOnce_AndThoseOfTheStartBeforeAreKept) {
  const ScratchFolder folder;
  {
    Reports reports(folder.path());
    rocksdb::Info(&reports, "flushed %d files", 7);
    EXPECT_THAT(ReadFile(folder.path() / "LOG"), HasSubstr("Z flushed 7 files\n"));
  }
  Reports reports(folder.path());
  rocksdb::Info(&reports, "compacted");
  EXPECT_THAT(ReadFile(folder.path() / "LOG"), Not(HasSubstr("flushed")));
  EXPECT_THAT(ReadFile(folder.path() / "LOG.old"), HasSubstr("flushed"));
}

TEST(ReportsTest, AreBounded) {
  const ScratchFolder folder;
  Reports reports(folder.path());
  const std::string text(4'000, 'x');
  for (std::size_t written = 0; written < 3 * Reports::kMaxBytes; written += text.size()) {
    rocksdb::Info(&reports, "%s", text.c_str());
  }
  for (const char* name : {"LOG", "LOG.old"}) {
    const auto size = std::filesystem::file_size(folder.path() / name);
    EXPECT_GT(size, 0U) << name;
    EXPECT_LE(size, Reports::kMaxBytes) << name;
  }
}

TEST(ReportsTest, WhatCannotBeWritten_IsDropped_UntilItCan) {
  const ScratchFolder folder;
  const std::filesystem::path store = folder.path() / "store";
  Reports reports(store);  // is not there
  rocksdb::Info(&reports, "lost");
  std::filesystem::create_directory(store);
  rocksdb::Info(&reports, "kept");
  EXPECT_THAT(ReadFile(store / "LOG"), HasSubstr("kept"));
  EXPECT_THAT(ReadFile(store / "LOG"), Not(HasSubstr("lost")));
}

}  // namespace
}  // namespace parley::storage::rocks
