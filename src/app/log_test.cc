#include "app/log.h"

#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::app {
namespace {

using testing::MatchesRegex;

constexpr char kTime[] = "20[0-9][0-9]-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z";

TEST(Log, Text_QuotesWhatWouldNotStandAlone) {
  std::ostringstream out;
  const std::unique_ptr<Logger> log = MakeLogger({}, &out);
  log->Info("the store is open", {{"conversations", 12},
                                  {"engine", "rocksdb"},
                                  {"path", "my data"},
                                  {"empty", ""},
                                  {"line", "a\nb"},
                                  {"sync", true},
                                  {"skew", -3}});
  EXPECT_THAT(out.str(), MatchesRegex(std::string(kTime) +
                                      " info the store is open conversations=12 engine=rocksdb "
                                      "path=\"my data\" empty=\"\" line=\"a\\\\u000ab\" sync=true "
                                      "skew=-3\n"));
}

TEST(Log, Json_OneObjectPerLine) {
  std::ostringstream out;
  const std::unique_ptr<Logger> log = MakeLogger({LogLevel::kInfo, LogFormat::kJson}, &out);
  log->Warning(
      "say \"hi\" {}",
      {{"count", std::uint64_t{18'000'000'000'000'000'000U}}, {"a\tb", "\\\x01"}, {"ok", false}});
  EXPECT_THAT(out.str(),
              MatchesRegex("\\{\"time\":\"" + std::string(kTime) +
                           "\",\"level\":\"warning\",\"message\":\"say \\\\\"hi\\\\\" \\{\\}\","
                           "\"count\":18000000000000000000,\"a\\\\u0009b\":\"\\\\\\\\\\\\u0001\","
                           "\"ok\":false\\}\n"));
}

TEST(Log, BelowTheLevel_SaysNothing) {
  std::ostringstream out;
  const std::unique_ptr<Logger> log = MakeLogger({LogLevel::kWarning, LogFormat::kText}, &out);
  log->Debug("no");
  log->Info("no");
  EXPECT_EQ(out.str(), "");
  EXPECT_FALSE(log->Enabled(LogLevel::kInfo));
  EXPECT_TRUE(log->Enabled(LogLevel::kWarning));
  log->Error("yes");
  EXPECT_THAT(out.str(), testing::EndsWith(" error yes\n"));
}

}  // namespace
}  // namespace parley::app
