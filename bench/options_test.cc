#include "bench/options.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

constexpr int kUsage = 2;

std::optional<Options> Parse(std::vector<std::string> words, int& exit_code) {
  words.insert(words.begin(), "parley-bench");
  std::vector<char*> pointers;
  pointers.reserve(words.size());
  for (std::string& word : words) pointers.push_back(word.data());
  return ParseOptions(static_cast<int>(pointers.size()), pointers.data(), exit_code);
}

TEST(OptionsTest, ParseOptions_StormOnOneServer_RestartsItWithTenThousandPeople) {
  int exit_code = 0;
  const auto options = Parse({"storm", "--spawn"}, exit_code);
  ASSERT_TRUE(options);
  EXPECT_TRUE(ComesBackToTheSame(*options));
  EXPECT_TRUE(options->restart);
  EXPECT_EQ(options->people, 10'000U);
}

TEST(OptionsTest, ParseOptions_StormOnSeveralServers_IsLedBySomebodyElse) {
  int exit_code = 0;
  const auto options =
      Parse({"storm", "--server", "http://h:1", "--server", "http://h:2"}, exit_code);
  ASSERT_TRUE(options);
  EXPECT_FALSE(ComesBackToTheSame(*options));
}

TEST(OptionsTest, ParseOptions_WhatContradictsItself_IsAUsageError) {
  const std::vector<std::vector<std::string>> wrong{
      {"storm", "--server", "http://h:1"},
      {"storm", "--spawn", "--no-restart"},
      {"storm", "--server", "http://h:1", "--server", "http://h:2", "--missed", "1"},
      {"storm", "--spawn", "--people", "10", "--outsiders", "8"},
      {"storm", "--spawn", "--people", "50", "--conversations", "20", "--missed", "2000"},
      {"history", "--spawn"},
      {"history", "--server", "http://h:1", "--stored", "10"},
      {"inbox", "--server", "http://h:1"},
      {"inbox", "--spawn", "--conversations-each", "5001"},
      {"pairs", "--server", "http://h:1", "--data-dir", "d"},
      {"pairs", "--spawn", "--threads", "64", "--processes", "5"},
      {"mixed", "--server", "relay://h:1"},
      {"storm", "--server", "relay://h:1", "--no-restart", "--missed", "1"},
      {"pages"},
  };
  for (const auto& words : wrong) {
    int exit_code = 0;
    EXPECT_FALSE(Parse(words, exit_code)) << testing::PrintToString(words);
    EXPECT_EQ(exit_code, kUsage) << testing::PrintToString(words);
  }
}

}  // namespace
}  // namespace parley::bench
