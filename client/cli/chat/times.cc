#include "client/cli/chat/times.h"

#include <array>
#include <ctime>

#include <fmt/format.h>

namespace parley::client::cli::chat {
namespace {

constexpr std::array kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                              "Thursday", "Friday", "Saturday"};
constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                "May",       "June",     "July",     "August",
                                "September", "October",  "November", "December"};

std::tm Local(TimePoint time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return local;
}

/// Days since some day long ago, by the local calendar.
int DayNumber(const std::tm& day) {
  const std::chrono::year_month_day date{std::chrono::year(day.tm_year + 1900),
                                         std::chrono::month(static_cast<unsigned>(day.tm_mon + 1)),
                                         std::chrono::day(static_cast<unsigned>(day.tm_mday))};
  return static_cast<int>(std::chrono::sys_days(date).time_since_epoch().count());
}

const char* WeekdayOf(const std::tm& day) { return kDays[static_cast<std::size_t>(day.tm_wday)]; }
const char* MonthOf(const std::tm& day) { return kMonths[static_cast<std::size_t>(day.tm_mon)]; }

}  // namespace

std::string HourOf(TimePoint time) {
  const std::tm local = Local(time);
  return fmt::format("{:02}:{:02}", local.tm_hour, local.tm_min);
}

bool SameDay(TimePoint a, TimePoint b) { return DayNumber(Local(a)) == DayNumber(Local(b)); }

std::string DayOf(TimePoint time, TimePoint now) {
  const std::tm day = Local(time);
  const std::tm today = Local(now);
  const int ago = DayNumber(today) - DayNumber(day);
  if (ago == 0) return "Today";
  if (ago == 1) return "Yesterday";
  std::string text = fmt::format("{} {} {}", WeekdayOf(day), day.tm_mday, MonthOf(day));
  if (day.tm_year != today.tm_year) text += fmt::format(" {}", day.tm_year + 1900);
  return text;
}

std::string ShortTime(TimePoint time, TimePoint now) {
  const std::tm day = Local(time);
  const std::tm today = Local(now);
  const int ago = DayNumber(today) - DayNumber(day);
  if (ago == 0) return HourOf(time);
  if (ago > 0 && ago < 7) return std::string(WeekdayOf(day)).substr(0, 3);
  if (day.tm_year != today.tm_year)
    return fmt::format("{:02}/{}", day.tm_mon + 1, day.tm_year + 1900);
  return fmt::format("{} {}", day.tm_mday, std::string(MonthOf(day)).substr(0, 3));
}

}  // namespace parley::client::cli::chat
