#include "storage/cassandra/health.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"

namespace parley::storage::cassandra {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// Keeps the messages.
class LogLines : public Logger {
 public:
  bool Enabled(LogLevel /*level*/) const override { return true; }
  void Log(LogLevel /*level*/, std::string_view message, Fields /*fields*/) override {
    lines.emplace_back(message);
  }

  std::vector<std::string> lines;
};

class ClusterHealthTest : public testing::Test {
 protected:
  void Fail(int times, milliseconds apart) {
    for (int i = 0; i < times; ++i) {
      health_.Failed("log_append", "too few nodes", now_);
      now_ += apart;
    }
    now_ -= apart;
  }

  LogLines log_;
  ClusterHealth health_{&log_};
  ClusterHealth::Time now_{seconds(1000)};
};

TEST_F(ClusterHealthTest, Read_NothingYet_IsOk) { EXPECT_TRUE(health_.Read(now_).ok()); }

TEST_F(ClusterHealthTest, Read_BurstOfFailures_IsOk) {
  Fail(1000, milliseconds(0));  // a node died with what was under way
  EXPECT_TRUE(health_.Read(now_).ok());
  EXPECT_TRUE(log_.lines.empty());
}

TEST_F(ClusterHealthTest, Read_FailuresForAWhile_SaysWhy) {
  Fail(5, milliseconds(500));
  const Status status = health_.Read(now_);
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("too few nodes (log_append)"));
}

TEST_F(ClusterHealthTest, Read_ASuccessBetween_IsOk) {
  Fail(4, milliseconds(1000));
  health_.Succeeded();
  Fail(4, milliseconds(1000));
  EXPECT_TRUE(health_.Read(now_).ok());
}

TEST_F(ClusterHealthTest, Read_LongAfterTheLastFailure_IsOk) {
  Fail(5, milliseconds(500));
  EXPECT_FALSE(health_.Read(now_ + ClusterHealth::kMemory).ok());
  EXPECT_TRUE(health_.Read(now_ + ClusterHealth::kMemory + milliseconds(1)).ok());
}

TEST_F(ClusterHealthTest, Log_HearsOfTheBeginningAndTheEndOnce) {
  Fail(20, milliseconds(500));
  health_.Succeeded();
  health_.Succeeded();
  EXPECT_THAT(log_.lines,
              ElementsAre("the database does not take requests", "the database answers again"));
}

}  // namespace
}  // namespace parley::storage::cassandra
