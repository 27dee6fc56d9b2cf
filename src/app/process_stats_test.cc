#include "app/process_stats.h"

#include <ctime>
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace parley::app {
namespace {

TEST(ProcessStats, TellsOfThisProcess) {
  const ProcessStats stats = ReadProcessStats();
  EXPECT_GT(stats.resident_bytes, 100'000U);
  EXPECT_GT(stats.virtual_bytes, stats.resident_bytes);
  EXPECT_GE(stats.threads, 1U);
  EXPECT_GE(stats.max_files, stats.open_files);
  const double now = static_cast<double>(std::time(nullptr));
  EXPECT_LE(stats.start_time_seconds, now + 2);
  EXPECT_GT(stats.start_time_seconds, now - 3'600);
}

TEST(ProcessStats, OpenFiles_AreCounted) {
  const std::uint64_t before = ReadProcessStats().open_files;
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_EQ(ReadProcessStats().open_files, before + 1);
  ::close(file);
}

TEST(ProcessStats, CpuTime_Rises) {
  const double before = ReadProcessStats().cpu_seconds;
  volatile unsigned work = 0;
  while (ReadProcessStats().cpu_seconds < before + 0.02) work = work + 1;
  EXPECT_GT(ReadProcessStats().cpu_seconds, before);
}

}  // namespace
}  // namespace parley::app
