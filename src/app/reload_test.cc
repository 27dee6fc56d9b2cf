#include "app/reload.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ReloadTest : public testing::Test {
 protected:
  ReloadTest() {
    std::string name = testing::TempDir() + "/reload_test.XXXXXX";
    root_ = ::mkdtemp(name.data());
    Write("log.level = \"info\"\nthreads = 1\n");
    started_ = LoadConfig(sources())->config;
  }
  ~ReloadTest() override { std::filesystem::remove_all(root_); }

  ConfigSources sources() const { return {root_ + "/parley.toml", {}, {}}; }
  void Write(const std::string& content) const { std::ofstream(root_ + "/parley.toml") << content; }
  Reloader Make() {
    return Reloader(sources(), started_, [this](const Config& fresh) {
      ++applied_;
      level_ = fresh.log.level;
    });
  }

  std::string root_;
  Config started_;
  int applied_ = 0;
  LogLevel level_ = LogLevel::kInfo;
};

TEST_F(ReloadTest, NothingNew_AppliesNothing) {
  const Reloader::Report report = Make().Reload();
  EXPECT_TRUE(report.status.ok());
  EXPECT_THAT(report.changed, IsEmpty());
  EXPECT_THAT(report.at_next_start, IsEmpty());
  EXPECT_EQ(applied_, 0);
}

TEST_F(ReloadTest, WhatIsReloadable_IsApplied_AndTheRestIsNamed) {
  Reloader reloader = Make();
  Write("log.level = \"debug\"\nthreads = 2\n");
  const Reloader::Report report = reloader.Reload();
  EXPECT_THAT(report.changed, ElementsAre("log.level"));
  EXPECT_THAT(report.at_next_start, ElementsAre("threads"));
  EXPECT_EQ(level_, LogLevel::kDebug);

  const Reloader::Report again = reloader.Reload();
  EXPECT_THAT(again.changed, IsEmpty()) << "it is in effect already";
  EXPECT_THAT(again.at_next_start, ElementsAre("threads")) << "it still is not";
  EXPECT_EQ(applied_, 1);
}

TEST_F(ReloadTest, BadFile_ChangesNothing) {
  Reloader reloader = Make();
  Write("log.level = \"loud\"\n");
  const Reloader::Report report = reloader.Reload();
  EXPECT_THAT(std::string(report.status.message()), HasSubstr("parley.toml:1: log.level must be"));
  EXPECT_EQ(applied_, 0);
  Write("log.level = \"error\"\nthreads = 1\n");
  EXPECT_THAT(reloader.Reload().changed, ElementsAre("log.level"));
  EXPECT_EQ(level_, LogLevel::kError);
}

}  // namespace
}  // namespace parley::app
