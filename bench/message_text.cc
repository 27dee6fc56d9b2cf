#include "bench/message_text.h"

#include <charconv>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::string_view kMark = "pb ";

template <class Number>
bool Take(std::string_view& text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty() || text.front() != ' ') return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string MakeText(const Stamp& stamp, std::size_t bytes) {
  std::string text = fmt::format("{}{} {} {} ", kMark, stamp.sender, stamp.number, stamp.sent_ns);
  text.reserve(bytes);
  // Different letters in each message, so that no compression on the way flatters the result.
  std::uint64_t state = static_cast<std::uint64_t>(stamp.sent_ns) * 2 + 1 + stamp.sender;
  while (text.size() < bytes) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text.push_back(static_cast<char>('a' + (state >> 33) % 26));
  }
  // Not blank at its end: a server may trim.
  if (text.back() == ' ') text.push_back('.');
  return text;
}

std::optional<Stamp> ParseText(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  Stamp stamp;
  if (!Take(text, stamp.sender) || !Take(text, stamp.number) || !Take(text, stamp.sent_ns)) {
    return std::nullopt;
  }
  return stamp;
}

}  // namespace parley::bench
