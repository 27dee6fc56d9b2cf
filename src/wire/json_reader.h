#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <simdjson.h>

#include <boost/container/small_vector.hpp>

#include "base/result.h"
#include "model/ids.h"

namespace parley::wire {

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

/// How deep objects and arrays may stand in one another.
inline constexpr std::size_t kMaxJsonDepth = 32;
/// The highest integer that every JSON implementation keeps exactly (RFC 7493, 2.2).
inline constexpr std::uint64_t kMaxJsonInteger = (std::uint64_t{1} << 53) - 1;

/// A parsed JSON text whose top level is an object. Owns what its values point into: they, and all
/// strings read from them, live as long as the document. Movable; one thread at a time.
class JsonDocument {
 public:
  /// kMalformed for what is not JSON (RFC 8259), is not valid UTF-8, names a field twice in one
  /// object, has a lone surrogate, nests deeper than kMaxJsonDepth, or is not an object.
  static Result<JsonDocument> Parse(std::string_view text);

  JsonDocument(JsonDocument&&) noexcept = default;
  JsonDocument& operator=(JsonDocument&&) noexcept = default;
  ~JsonDocument();

  const JsonObject& root() const { return root_; }

 private:
  explicit JsonDocument(std::unique_ptr<simdjson::dom::parser> parser)
      : parser_(std::move(parser)) {}

  std::unique_ptr<simdjson::dom::parser> parser_;
  JsonObject root_;
};

/// A whole number from `min` to kMaxJsonInteger, written without fraction or exponent.
std::optional<std::uint64_t> ToInteger(const JsonValue& value, std::uint64_t min);

/// Reads the fields of one object by name and type, and gathers what is wrong with them, so that a
/// client hears of all of it at once. Readers answer nothing where a field is absent or wrong;
/// what is wrong shows in Finish. `null` counts as absent. Strings with U+0000 are refused.
///
///   FieldReader in(document.root());
///   ReadRequest request;
///   if (auto seq = in.Integer("seq", 1)) request.seq = Seq(*seq);
///   return in.Finish(std::move(request));
class FieldReader {
 public:
  enum class Presence { kRequired, kOptional };
  static constexpr Presence kRequired = Presence::kRequired;
  static constexpr Presence kOptional = Presence::kOptional;

  /// The document must outlive the reader. Field names must be literals.
  explicit FieldReader(const JsonObject& object) : object_(object) {}

  std::optional<std::string_view> String(std::string_view name, Presence presence = kRequired);
  std::optional<bool> Bool(std::string_view name, Presence presence = kRequired);
  /// See ToInteger.
  std::optional<std::uint64_t> Integer(std::string_view name, std::uint64_t min,
                                       Presence presence = kRequired);
  std::optional<JsonArray> Array(std::string_view name, Presence presence = kRequired);
  std::optional<JsonObject> Object(std::string_view name, Presence presence = kRequired);

  /// A UUID: IdField<UserId>("user_id").
  template <class IdType>
  std::optional<IdType> IdField(std::string_view name, Presence presence = kRequired) {
    const std::optional<Uuid> uuid = UuidField(name, presence);
    return uuid ? std::optional<IdType>(IdType(*uuid)) : std::nullopt;
  }
  /// A list of at most `max` UUIDs, each kept once, in order. Absent is empty.
  template <class IdType>
  std::vector<IdType> IdList(std::string_view name, std::size_t max,
                             Presence presence = kRequired) {
    std::vector<IdType> ids;
    for (const Uuid& uuid : UuidList(name, max, presence)) ids.push_back(IdType(uuid));
    return ids;
  }

  /// Whether the field is there and not null.
  bool Has(std::string_view name);
  /// Takes note of a field whose value is wrong.
  void Refuse(std::string_view name, std::string_view detail);
  /// Takes note of a check of the model that failed.
  void Check(const Status& status);
  /// The same, for one that answers the value to keep.
  template <class T, class Target>
  void Take(Target& target, Result<T> result) {
    if (result.ok()) {
      target = *std::move(result);
    } else {
      Check(result.status());
    }
  }

  bool ok() const { return errors_.empty(); }
  /// Everything wrong so far, as one InvalidArgument. With `Unknown::kRefused`, also the fields
  /// that nobody asked for.
  enum class Unknown { kRefused, kIgnored };
  Status Errors(Unknown unknown = Unknown::kRefused);
  /// The value if nothing is wrong, or Errors().
  template <class T>
  Result<T> Finish(T value) {
    Status status = Errors();
    if (!status.ok()) return status;
    return value;
  }

 private:
  std::optional<JsonValue> Find(std::string_view name, Presence presence);
  std::optional<Uuid> UuidField(std::string_view name, Presence presence);
  std::vector<Uuid> UuidList(std::string_view name, std::size_t max, Presence presence);

  JsonObject object_;
  boost::container::small_vector<std::string_view, 8> known_;
  std::vector<FieldError> errors_;
};

}  // namespace parley::wire
