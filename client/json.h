#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <simdjson.h>

#include "base/result.h"

namespace parley::client {

/// A look at one JSON value that forgives: what is missing or of another type reads as empty, so
/// that a newer server's answers are understood as far as they go. Valid as long as its
/// JsonDocument.
class Json {
 public:
  Json() = default;
  explicit Json(simdjson::dom::element element) : element_(element), present_(true) {}

  /// The member `key` of an object.
  Json operator[](std::string_view key) const;

  /// Whether there is a value other than null.
  bool present() const { return present_ && !element_.is_null(); }
  std::string_view Str() const;
  std::uint64_t Uint() const;
  std::int64_t Int() const;
  bool Bool() const;
  /// The items of an array.
  std::vector<Json> Items() const;
  /// The members of an object, in order.
  std::vector<std::pair<std::string_view, Json>> Members() const;
  /// The value as JSON without white space; `null` where there is none.
  std::string Raw() const;
  /// The same for an object, without its member `key`.
  std::string RawWithout(std::string_view key) const;

 private:
  simdjson::dom::element element_;
  bool present_ = false;
};

/// A parsed text, which its values look into.
class JsonDocument {
 public:
  /// kMalformed unless `text` is JSON.
  static Result<JsonDocument> Parse(std::string_view text);
  Json root() const { return root_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
  Json root_;
};

}  // namespace parley::client
