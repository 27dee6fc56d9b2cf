#include "client/cli/chat/times.h"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace parley::client::cli::chat {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;
using std::chrono::year;

class TimesTest : public ::testing::Test {
 protected:
  TimesTest() {
    setenv("TZ", "UTC", 1);
    tzset();
  }
  const TimePoint now_ = sys_days(year(2026) / 5 / 4) + hours(14);  // a Monday
};

TEST_F(TimesTest, Day_IsToldAsPeopleDo) {
  EXPECT_EQ(DayOf(now_ - hours(14), now_), "Today");
  EXPECT_EQ(DayOf(now_ - hours(15), now_), "Yesterday");
  EXPECT_EQ(DayOf(now_ - days(3), now_), "Friday 1 May");
  EXPECT_EQ(DayOf(now_ - days(365), now_), "Sunday 4 May 2025");
}

TEST_F(TimesTest, ShortTime_IsAsShortAsItCanBe) {
  EXPECT_EQ(ShortTime(now_ - hours(5), now_), "09:00");
  EXPECT_EQ(ShortTime(now_ - days(1), now_), "Sun");
  EXPECT_EQ(ShortTime(now_ - days(7), now_), "27 Apr");
  EXPECT_EQ(ShortTime(now_ - days(365), now_), "05/2025");
}

}  // namespace
}  // namespace parley::client::cli::chat
