#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::client {

/// `text` (UTF-8) as a JSON string with its quotes.
std::string JsonString(std::string_view text);
/// Values that are JSON already, as an array.
std::string JsonArray(const std::vector<std::string>& values);

/// Writes one JSON object, member by member:
///
///   JsonObject().Str("type", "ping").Take()
class JsonObject {
 public:
  JsonObject& Str(std::string_view key, std::string_view value);
  /// Leaves the member out where the value is empty.
  JsonObject& StrUnlessEmpty(std::string_view key, std::string_view value);
  JsonObject& Uint(std::string_view key, std::uint64_t value);
  JsonObject& Bool(std::string_view key, bool value);
  /// `value` is JSON already.
  JsonObject& Raw(std::string_view key, std::string_view value);
  std::string Take();

 private:
  std::string text_ = "{";
};

}  // namespace parley::client
