#include "client/cli/text.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

#include "client/json.h"

namespace parley::client::cli {
namespace {

TEST(ForTerminal, OrdinaryText_StaysAsItIs) {
  const std::string text = "Grüße, 世界 👋🏽\n\tend";
  EXPECT_EQ(ForTerminal(text), text);
  EXPECT_EQ(ForTerminalLine("a\nb"), "a\\x0ab");
}

TEST(ForTerminal, Controls_AreSpelledOut) {
  EXPECT_EQ(ForTerminal("\x1b[2Jgone\r\x07\x7f"), "\\x1b[2Jgone\\x0d\\x07\\x7f");
  EXPECT_EQ(ForTerminal("\xC2\x9B"
                        "31m"),
            "\\u009b31m");  // C1 CSI
  EXPECT_EQ(ForTerminal("a\xE2\x80\xAE"
                        "b\xE2\x81\xA6"),
            "a\\u202eb\\u2066");                           // bidi
  EXPECT_EQ(ForTerminal("\xE2\x80\xA8"), "\\u2028");       // line separator
  EXPECT_EQ(ForTerminal("\xF3\xA0\x80\x81"), "\\ue0001");  // tag
  EXPECT_EQ(ForTerminal(std::string(1, '\0')), "\\x00");
}

TEST(ForTerminal, BrokenUtf8_IsSpelledOut) {
  EXPECT_EQ(ForTerminal("a\xFF"
                        "b"),
            "a\\xffb");
  EXPECT_EQ(ForTerminal("\x9B"
                        "31m"),
            "\\x9b31m");                                      // C1 as a bare byte
  EXPECT_EQ(ForTerminal("\xC0\x9B"), "\\xc0\\x9b");           // overlong
  EXPECT_EQ(ForTerminal("\xE0\x82\x9B"), "\\xe0\\x82\\x9b");  // overlong
  EXPECT_EQ(ForTerminal("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(ForTerminal("\xF0\x9F\x91"), "\\xf0\\x9f\\x91");  // cut off
}

TEST(JsonForTerminal, MeansTheSame) {
  const std::string json = "{\"a\":\"x\xC2\x9B\xE2\x80\xAE\x7f\xF3\xA0\x80\x81 ü\"}";
  const std::string safe = JsonForTerminal(json);
  EXPECT_EQ(safe, "{\"a\":\"x\\u009b\\u202e\\u007f\\udb40\\udc01 ü\"}");
  EXPECT_EQ((*JsonDocument::Parse(safe)).root()["a"].Str(),
            (*JsonDocument::Parse(json)).root()["a"].Str());
}

TEST(FormatTime, AnotherDay_CarriesTheDate) {
  setenv("TZ", "UTC", 1);
  tzset();
  const TimePoint noon = FromMillis(1'800'014'400'000);  // 2027-01-15 12:00:00
  EXPECT_EQ(FormatTime(noon, noon + std::chrono::hours(1)), "12:00:00");
  EXPECT_EQ(FormatTime(noon, noon + std::chrono::hours(13)), "2027-01-15 12:00:00");
}

}  // namespace
}  // namespace parley::client::cli
