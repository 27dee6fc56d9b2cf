#include "bench/plan.h"

#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(PlanTest, ReadPlan_WhatWritePlanWrote_IsTheSame) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("parley-plan-test." + std::to_string(getpid())))
          .string();
  Plan plan;
  plan.people = {{"u1", "token-1"}, {"u2", "token-2"}};
  plan.rooms = {{"c1", 7, {0, 1}}, {"c2", 0, {1}}};
  ASSERT_TRUE(WritePlan(path, plan).ok());
  const Plan read = ReadPlan(path);
  std::filesystem::remove(path);
  ASSERT_EQ(read.people.size(), 2U);
  EXPECT_EQ(read.people[1].id, "u2");
  EXPECT_EQ(read.people[1].token, "token-2");
  ASSERT_EQ(read.rooms.size(), 2U);
  EXPECT_EQ(read.rooms[0].id, "c1");
  EXPECT_EQ(read.rooms[0].last_seq, 7U);
  EXPECT_EQ(read.rooms[0].members, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(read.rooms[1].members, std::vector<std::size_t>{1});
}

TEST(PlanTest, ReadPlan_NoFile_IsEmpty) {
  EXPECT_TRUE(ReadPlan("/there/is/no/such/file").rooms.empty());
}

}  // namespace
}  // namespace parley::bench
