#include "client/cli/text.h"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <iterator>
#include <optional>

#include <fmt/format.h>

namespace parley::client::cli {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;
  bool valid = false;
};

/// The code point at the start of `text` (not empty). Overlong forms, surrogates and what is cut
/// off are invalid, one byte long.
CodePoint Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {first, 1, false};
  char32_t value = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {first, 1, false};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[size] || value > 0x10FFFF || surrogate) return {first, 1, false};
  return {value, size, true};
}

/// Whether a terminal might do something else than show a glyph.
bool IsControl(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE007F);
}

using Escape = std::function<std::optional<std::string>(const CodePoint&)>;

/// `text` with each code point for which `escape` has an answer replaced by that.
std::string Replace(std::string_view text, const Escape& escape) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    if (const std::optional<std::string> escaped = escape(point)) {
      out += *escaped;
    } else {
      out += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  return out;
}

std::optional<std::string> Spelled(const CodePoint& point) {
  if (!point.valid || (IsControl(point.value) && point.value < 0x80)) {
    return fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
  }
  if (!IsControl(point.value)) return std::nullopt;
  return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
}

std::tm LocalTime(TimePoint time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return local;
}

}  // namespace

std::string ForTerminal(std::string_view text) {
  return Replace(text, [](const CodePoint& point) -> std::optional<std::string> {
    if (point.value == '\n' || point.value == '\t') return std::nullopt;
    return Spelled(point);
  });
}

std::string ForTerminalLine(std::string_view text) { return Replace(text, Spelled); }

std::string JsonForTerminal(std::string_view json) {
  return Replace(json, [](const CodePoint& point) -> std::optional<std::string> {
    // Below 0x20 JSON escapes by itself; what is left there is white space between values.
    if (!point.valid || point.value < 0x20 || !IsControl(point.value)) return std::nullopt;
    const auto value = static_cast<std::uint32_t>(point.value);
    if (value < 0x10000) return fmt::format("\\u{:04x}", value);
    return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((value - 0x10000) >> 10U),
                       0xDC00 + ((value - 0x10000) & 0x3FFU));
  });
}

std::string FormatTime(TimePoint time, TimePoint now) {
  const std::tm local = LocalTime(time);
  const std::tm today = LocalTime(now);
  const bool same_day = local.tm_year == today.tm_year && local.tm_yday == today.tm_yday;
  std::string clock = fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
  if (same_day) return clock;
  return fmt::format("{:04}-{:02}-{:02} {}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
                     clock);
}

}  // namespace parley::client::cli
