#include "app/config/bind.h"

#include <charconv>

namespace parley::app {
namespace {

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = Trim(text.substr(0, comma));
    if (!item.empty()) items.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return items;
}

template <class T>
std::optional<T> GetTyped(const GivenValue& value) {
  const T* typed = std::get_if<T>(&value);
  return typed != nullptr ? std::optional<T>(*typed) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> ReadInteger(const GivenValue& value) {
  if (const auto* untyped = std::get_if<UntypedText>(&value)) return ParseInteger(untyped->text);
  return GetTyped<std::int64_t>(value);
}

std::optional<bool> ReadBoolean(const GivenValue& value) {
  if (const auto* untyped = std::get_if<UntypedText>(&value)) {
    if (untyped->text == "true") return true;
    if (untyped->text == "false") return false;
    return std::nullopt;
  }
  return GetTyped<bool>(value);
}

std::optional<std::string> ReadText(const GivenValue& value) {
  if (const auto* untyped = std::get_if<UntypedText>(&value)) return untyped->text;
  return GetTyped<std::string>(value);
}

std::optional<std::vector<std::string>> ReadList(const GivenValue& value) {
  if (const auto* untyped = std::get_if<UntypedText>(&value)) return SplitAtCommas(untyped->text);
  return GetTyped<std::vector<std::string>>(value);
}

std::optional<HostPort> ParseHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const std::optional<std::int64_t> port = ParseInteger(digits);
  if (!port || *port < 0 || *port > 65'535) return std::nullopt;

  const bool is_bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  // A colon means IPv6, and IPv6 means brackets.
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (host.empty() || has_colon != is_bracketed) return std::nullopt;
  if (host.find_first_of("[] /\t") != std::string_view::npos) return std::nullopt;
  return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string QuoteToml(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
      quoted.push_back(c);
    } else if (byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(quoted), "\\u{:04X}", byte);
    } else {
      quoted.push_back(c);
    }
  }
  quoted.push_back('"');
  return quoted;
}

std::string QuoteToml(const std::vector<std::string>& items) {
  std::string quoted = "[";
  for (const std::string& item : items) {
    if (quoted.size() > 1) quoted += ", ";
    quoted += QuoteToml(item);
  }
  quoted += "]";
  return quoted;
}

std::string JoinChoices(const std::vector<std::string_view>& choices) {
  std::string joined;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) joined += i + 1 == choices.size() ? " or " : ", ";
    joined += choices[i];
  }
  return joined;
}

}  // namespace parley::app
