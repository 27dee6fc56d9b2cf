#include "storage/migration/progress.h"

#include <gtest/gtest.h>

namespace parley::storage::migration {
namespace {

Progress Some() {
  Progress progress;
  progress.kind = RecordKind::kLog;
  progress.from = std::string("\0key\xff", 5);
  progress.pages = 300;
  progress.tallies[3] = Tally(7, {0xFEDCBA9876543210, 1});
  return progress;
}

TEST(Progress, Encoded_IsReadBack) {
  const Result<Progress> read = DecodeProgress(Encode(Some()));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*read, Some());
}

TEST(Progress, AllWritten_IsReadBack) {
  Progress progress = Some();
  progress.kind = RecordKind::kCount;
  const Result<Progress> read = DecodeProgress(Encode(progress));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_TRUE(read->all_written());
}

TEST(Progress, CutOff_IsDataLoss) {
  const std::string bytes = Encode(Some());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeProgress(bytes.substr(0, size)).status().code(), StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace parley::storage::migration
