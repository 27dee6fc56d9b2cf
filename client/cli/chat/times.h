#pragma once

#include <string>

#include "base/time.h"

namespace parley::client::cli::chat {

// Times in the local time zone, as short as they can be.

/// "14:05".
std::string HourOf(TimePoint time);
/// "Today", "Yesterday", "Monday 4 May", with the year where it is another.
std::string DayOf(TimePoint time, TimePoint now);
/// "14:05" today, "Mon" within a week, else "4 May" or "05/2024".
std::string ShortTime(TimePoint time, TimePoint now);
bool SameDay(TimePoint a, TimePoint b);

}  // namespace parley::client::cli::chat
