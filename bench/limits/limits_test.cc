#include "bench/limits/limits.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(LimitsTest, Echo_WholeMessagesGoRound) {
  const Result<CpuLimit> limit = MeasureEcho(4, 100, 0.1);
  ASSERT_TRUE(limit.ok());
  EXPECT_GT(limit->count, 100U);
  EXPECT_GE(limit->seconds, 0.1);
  EXPECT_GT(limit->cpu_us, 0);
  EXPECT_LE(limit->cpu_us * static_cast<double>(limit->count), limit->seconds * 1.1e6);
}

TEST(LimitsTest, Send_EveryTurnReachesAllSockets) {
  const Result<CpuLimit> limit = MeasureSend(10, 100, 0.1);
  ASSERT_TRUE(limit.ok());
  EXPECT_GT(limit->count, 0U);
  EXPECT_EQ(limit->count % 10, 0U);
  EXPECT_GT(limit->cpu_us, 0);
}

TEST(LimitsTest, Send_AtARate_MakesNoMoreTurns) {
  const Result<CpuLimit> limit = MeasureSend(10, 100, 0.1, 0.03);
  ASSERT_TRUE(limit.ok());
  EXPECT_GT(limit->count, 0U);
  EXPECT_LE(limit->count, 40U);
  EXPECT_GT(limit->cpu_us, 0);
}

TEST(LimitsTest, Sync_TakesTimeAndLeavesNoFile) {
  const std::string folder = testing::TempDir();
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder),
                         std::filesystem::directory_iterator());
  };
  const auto before = files();
  const Result<Histogram> taken = MeasureSync(folder, 300, 0.1);
  ASSERT_TRUE(taken.ok());
  EXPECT_GT(taken->count(), 0U);
  EXPECT_GT(taken->Percentile(50), 0U);
  EXPECT_EQ(files(), before);
  EXPECT_FALSE(MeasureSync("/nowhere", 300, 0.1).ok());
}

TEST(LimitsTest, KernelMemory_OfIdleConnections) {
  const Result<double> bytes = MeasureKernelBytesPerPair(1000);
  ASSERT_TRUE(bytes.ok());
}

}  // namespace
}  // namespace parley::bench
