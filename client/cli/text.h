#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace parley::client::cli {

/// Other people's text, harmless to a terminal: what could move the cursor, change colours or
/// reorder what is read (C0 but newline and tab, DEL, C1, bidirectional controls, line and
/// paragraph separators, tags) is spelled out as
/// `\x1b` or `\u202e`; bytes that are not UTF-8 as `\xff`.
std::string ForTerminal(std::string_view text);

/// The same for one line: newline and tab are spelled out too.
std::string ForTerminalLine(std::string_view text);

/// Valid JSON that means the same, with those characters as JSON escapes.
std::string JsonForTerminal(std::string_view json);

/// "14:05:09" in the local time zone; with the date before it unless that is the day of `now`.
std::string FormatTime(TimePoint time, TimePoint now);

}  // namespace parley::client::cli
