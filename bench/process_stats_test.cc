#include "bench/process_stats.h"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(ProcessStatsTest, SampleProcess_WithAChild_CountsItTooAndWhatTheyShareOnce) {
  constexpr std::size_t kShared = std::size_t{64} << 20;
  void* shared = mmap(nullptr, kShared, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  const Result<ProcessSample> before = SampleProcess(getpid());
  ASSERT_TRUE(before.ok());
  // The child says how many threads it has: a sanitizer may give it one of its own.
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::uint64_t own_threads = SampleProcess(getpid())->threads;
    const ssize_t written = write(ready[1], &own_threads, sizeof own_threads);
    if (written == sizeof own_threads) pause();
    _exit(0);
  }
  close(ready[1]);
  std::uint64_t child_threads = 0;
  const ssize_t told = read(ready[0], &child_threads, sizeof child_threads);
  close(ready[0]);
  const Result<ProcessSample> with_child = SampleProcess(getpid());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_EQ(told, sizeof child_threads);
  ASSERT_TRUE(with_child.ok());
  EXPECT_GE(child_threads, 1);
  EXPECT_EQ(with_child->threads, before->threads + child_threads);
  EXPECT_LT(with_child->rss_bytes, before->rss_bytes * 3 / 2);
  EXPECT_GT(with_child->rss_bytes, kShared);
  EXPECT_EQ(SampleProcess(getpid())->threads, before->threads);
  munmap(shared, kShared);
}

TEST(ProcessStatsTest, SampleProcess_WhatAnEndedChildUsed_IsNotForgotten) {
  const double before = SampleProcess(getpid())->cpu_s;
  const pid_t child = fork();
  if (child == 0) {
    while (OwnCpuS() < 0.1) {
    }
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_GE(SampleProcess(getpid())->cpu_s - before, 0.08);
}

TEST(ProcessStatsTest, SampleProcess_NotThere_IsNotFound) {
  EXPECT_EQ(SampleProcess(1 << 30).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace parley::bench
