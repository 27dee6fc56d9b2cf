#include "http/target.h"

#include <charconv>
#include <cstdint>
#include <simdjson.h>

#include <fmt/core.h>

#include "model/limits.h"
#include "wire/json_reader.h"

namespace parley::http {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A '+' is a space in queries (the form encoding of browsers), itself in paths.
enum class Plus { kIsItself, kIsSpace };

/// Whether a text stands for itself; most do.
bool IsPlain(std::string_view text, Plus plus) {
  return text.find('%') == std::string_view::npos &&
         (plus == Plus::kIsItself || text.find('+') == std::string_view::npos);
}

Result<std::string> Decode(std::string_view text, Plus plus) {
  if (IsPlain(text, plus) && simdjson::validate_utf8(text)) return std::string(text);
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 1 < text.size() ? HexValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Malformed("the URL has a '%' without two hexadecimal digits");
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' && plus == Plus::kIsSpace ? ' ' : text[i]);
    }
  }
  if (!simdjson::validate_utf8(decoded)) return Malformed("the URL is not UTF-8");
  return decoded;
}

/// Calls `take` with each part between separators.
template <class Take>
Status ForEachPart(std::string_view text, char separator, Take take) {
  while (true) {
    const std::size_t end = text.find(separator);
    PARLEY_TRY(take(text.substr(0, end)));
    if (end == std::string_view::npos) return Status::Ok();
    text.remove_prefix(end + 1);
  }
}

Result<Query> ParseQuery(std::string_view text) {
  Query::Parameters parameters;
  PARLEY_TRY(ForEachPart(text, '&', [&](std::string_view part) -> Status {
    if (part.empty()) return Status::Ok();
    const std::size_t equals = part.find('=');
    const std::string_view encoded_value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    PARLEY_ASSIGN(std::string name, Decode(part.substr(0, equals), Plus::kIsSpace));
    PARLEY_ASSIGN(std::string value, Decode(encoded_value, Plus::kIsSpace));
    parameters.emplace_back(std::move(name), std::move(value));
    return Status::Ok();
  }));
  return Query(std::move(parameters));
}

/// Takes "http://host" off an absolute-form target.
std::string_view WithoutAuthority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos || target[path] == '?' ? "/" : target.substr(path);
  }
  return target;
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

Result<std::optional<std::string>> Query::Find(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : parameters_) {
    if (key != name) continue;
    if (found) return InvalidField(std::string(name), "given twice");
    found = value;
  }
  return found;
}

Result<std::optional<Seq>> Query::FindSeq(std::string_view name) const {
  PARLEY_ASSIGN(const std::optional<std::string> text, Find(name));
  if (!text) return std::optional<Seq>();
  const std::optional<std::uint64_t> number = ParseNumber(*text);
  // A seq is also a number in JSON: what that cannot carry is none.
  if (!number || *number > wire::kMaxJsonInteger)
    return InvalidField(std::string(name), "a whole number, from 0");
  return std::optional<Seq>(Seq(*number));
}

Result<std::size_t> Query::Limit() const {
  PARLEY_ASSIGN(const std::optional<std::string> text, Find("limit"));
  if (!text) return Limits::kPageDefault;
  const std::optional<std::uint64_t> number = ParseNumber(*text);
  if (!number || *number < 1 || *number > Limits::kPageMax) {
    return InvalidField("limit", fmt::format("a whole number from 1 to {}", Limits::kPageMax));
  }
  return static_cast<std::size_t>(*number);
}

Result<Target> ParseTarget(std::string_view target) {
  std::string_view text = WithoutAuthority(target);
  if (!text.starts_with('/')) return Malformed("the request target is not a path");
  text = text.substr(
      1, text.find('#') - 1);  // browsers never send a fragment; whoever does means none
  const std::size_t question = text.find('?');

  Target parsed;
  PARLEY_TRY(ForEachPart(text.substr(0, question), '/', [&](std::string_view part) -> Status {
    PARLEY_ASSIGN(std::string segment, Decode(part, Plus::kIsItself));
    parsed.segments.push_back(std::move(segment));
    return Status::Ok();
  }));
  if (question != std::string_view::npos) {
    PARLEY_ASSIGN(parsed.query, ParseQuery(text.substr(question + 1)));
  }
  return parsed;
}

}  // namespace parley::http
