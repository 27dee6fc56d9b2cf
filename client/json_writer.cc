#include "client/json_writer.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace parley::client {
namespace {

void AppendEscaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
  } else {
    out += c;
  }
}

void AppendString(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) AppendEscaped(out, c);
  out += '"';
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string out;
  AppendString(out, text);
  return out;
}

std::string JsonArray(const std::vector<std::string>& values) {
  return fmt::format("[{}]", fmt::join(values, ","));
}

JsonObject& JsonObject::Raw(std::string_view key, std::string_view value) {
  if (text_.size() > 1) text_ += ',';
  AppendString(text_, key);
  text_ += ':';
  text_ += value;
  return *this;
}

JsonObject& JsonObject::Str(std::string_view key, std::string_view value) {
  return Raw(key, JsonString(value));
}

JsonObject& JsonObject::StrUnlessEmpty(std::string_view key, std::string_view value) {
  return value.empty() ? *this : Str(key, value);
}

JsonObject& JsonObject::Uint(std::string_view key, std::uint64_t value) {
  return Raw(key, fmt::to_string(value));
}

JsonObject& JsonObject::Bool(std::string_view key, bool value) {
  return Raw(key, value ? "true" : "false");
}

std::string JsonObject::Take() { return std::exchange(text_, std::string()) + "}"; }

}  // namespace parley::client
