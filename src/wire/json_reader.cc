#include "wire/json_reader.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/core.h>

#include "wire/repeated_names.h"

namespace parley::wire {
namespace {

/// A parser keeps its buffers, so each thread keeps the one that it used last. A document holds it
/// while it lives, so that documents may overlap.
thread_local std::unique_ptr<simdjson::dom::parser> spare_parser;

/// Larger ones go back to the allocator: a rare large text does not cost memory for ever.
constexpr std::size_t kMaxSpareCapacity = std::size_t{64} * 1024;

std::unique_ptr<simdjson::dom::parser> TakeParser() {
  return spare_parser ? std::move(spare_parser) : std::make_unique<simdjson::dom::parser>();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Whether all of `text` is a number (RFC 8259, 6).
bool IsNumber(std::string_view text) {
  std::size_t at = 0;
  const auto skip = [&](std::string_view any_of) {
    const bool found = at < text.size() && any_of.find(text[at]) != std::string_view::npos;
    if (found) ++at;
    return found;
  };
  const auto skip_digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at > from;
  };
  skip("-");
  if (!skip("0") && !skip_digits()) return false;
  if (skip(".") && !skip_digits()) return false;
  if (skip("eE")) {
    skip("+-");
    if (!skip_digits()) return false;
  }
  return at == text.size();
}

/// The size of the string, with quotes, at the front of `text`.
std::size_t StringSize(std::string_view text) {
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

/// The text with numbers that no field takes (an exponent, or too many digits) replaced by a
/// fraction, which no field takes either. simdjson refuses a text for numbers beyond its own types;
/// to us it is well-formed JSON in which a field is wrong.
std::string TameNumbers(std::string_view text) {
  constexpr std::size_t kMaxPlainSize = 16;  // digits of kMaxJsonInteger
  std::string tamed;
  while (!text.empty()) {
    std::size_t size = 1;
    bool wild = false;
    if (text.front() == '"') {
      size = StringSize(text);
    } else if (text.front() == '-' || IsDigit(text.front())) {
      size = std::min(text.find_first_not_of("0123456789+-.eE"), text.size());
      const std::string_view number = text.substr(0, size);
      wild = IsNumber(number) &&
             (size > kMaxPlainSize || number.find_first_of("eE") != std::string_view::npos);
    }
    tamed += wild ? "0.5" : text.substr(0, size);
    text.remove_prefix(size);
  }
  return tamed;
}

bool IsNumberError(simdjson::error_code error) {
  return error == simdjson::NUMBER_ERROR || error == simdjson::NUMBER_OUT_OF_RANGE;
}

Status TooDeep() { return Malformed(fmt::format("nested deeper than {}", kMaxJsonDepth)); }

/// Depth and names, all the way down. The recursion ends at kMaxJsonDepth.
Status CheckTree(const JsonValue& value, std::size_t depth);

Status CheckArray(const JsonArray& array, std::size_t depth) {
  if (depth > kMaxJsonDepth) return TooDeep();
  for (const JsonValue child : array) PARLEY_TRY(CheckTree(child, depth + 1));
  return Status::Ok();
}

Status CheckObject(const JsonObject& object, std::size_t depth) {
  if (depth > kMaxJsonDepth) return TooDeep();
  boost::container::small_vector<std::string_view, 8> names;
  names.reserve(object.size());
  for (const auto& [name, child] : object) {
    names.push_back(name);
    PARLEY_TRY(CheckTree(child, depth + 1));
  }
  if (HasRepeatedName({names.data(), names.size()})) return Malformed("a field is named twice");
  return Status::Ok();
}

Status CheckTree(const JsonValue& value, std::size_t depth) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY:
      return CheckArray(value, depth);
    case simdjson::dom::element_type::OBJECT:
      return CheckObject(value, depth);
    default:
      return Status::Ok();
  }
}

/// A name out of a request, short enough for an answer.
std::string Shortened(std::string_view name) {
  constexpr std::size_t kMaxBytes = 64;
  if (name.size() <= kMaxBytes) return std::string(name);
  std::size_t size = kMaxBytes;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  return std::string(name.substr(0, size)) + "…";
}

/// How many errors one answer tells of.
constexpr std::size_t kMaxErrors = 20;

}  // namespace

Result<JsonDocument> JsonDocument::Parse(std::string_view text) {
  JsonDocument document(TakeParser());
  JsonValue root;
  simdjson::error_code error = document.parser_->parse(text.data(), text.size()).get(root);
  if (IsNumberError(error)) error = document.parser_->parse(TameNumbers(text)).get(root);
  if (error == simdjson::UTF8_ERROR) return Malformed("not valid UTF-8");
  if (error == simdjson::DEPTH_ERROR) return TooDeep();
  if (error != simdjson::SUCCESS) return Malformed("not JSON");
  if (root.get(document.root_) != simdjson::SUCCESS) return Malformed("not a JSON object");
  PARLEY_TRY(CheckTree(root, 1));
  return document;
}

JsonDocument::~JsonDocument() {
  if (parser_ && parser_->capacity() <= kMaxSpareCapacity) spare_parser = std::move(parser_);
}

std::optional<std::uint64_t> ToInteger(const JsonValue& value, std::uint64_t min) {
  std::uint64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < min || number > kMaxJsonInteger) {
    return std::nullopt;
  }
  return number;
}

std::optional<JsonValue> FieldReader::Find(std::string_view name, Presence presence) {
  known_.push_back(name);
  JsonValue value;
  if (object_.at_key(name).get(value) == simdjson::SUCCESS && !value.is_null()) return value;
  if (presence == kRequired) Refuse(name, "is required");
  return std::nullopt;
}

std::optional<std::string_view> FieldReader::String(std::string_view name, Presence presence) {
  const std::optional<JsonValue> value = Find(name, presence);
  if (!value) return std::nullopt;
  std::string_view text;
  if (value->get(text) != simdjson::SUCCESS) {
    Refuse(name, "must be a string");
  } else if (text.find('\0') != std::string_view::npos) {
    Refuse(name, "must not contain U+0000");
  } else {
    return text;
  }
  return std::nullopt;
}

std::optional<bool> FieldReader::Bool(std::string_view name, Presence presence) {
  const std::optional<JsonValue> value = Find(name, presence);
  if (!value) return std::nullopt;
  bool truth = false;
  if (value->get(truth) == simdjson::SUCCESS) return truth;
  Refuse(name, "must be true or false");
  return std::nullopt;
}

std::optional<std::uint64_t> FieldReader::Integer(std::string_view name, std::uint64_t min,
                                                  Presence presence) {
  const std::optional<JsonValue> value = Find(name, presence);
  if (!value) return std::nullopt;
  const std::optional<std::uint64_t> number = ToInteger(*value, min);
  if (!number) Refuse(name, fmt::format("must be a whole number from {}", min));
  return number;
}

std::optional<JsonArray> FieldReader::Array(std::string_view name, Presence presence) {
  const std::optional<JsonValue> value = Find(name, presence);
  if (!value) return std::nullopt;
  JsonArray array;
  if (value->get(array) == simdjson::SUCCESS) return array;
  Refuse(name, "must be a list");
  return std::nullopt;
}

std::optional<JsonObject> FieldReader::Object(std::string_view name, Presence presence) {
  const std::optional<JsonValue> value = Find(name, presence);
  if (!value) return std::nullopt;
  JsonObject object;
  if (value->get(object) == simdjson::SUCCESS) return object;
  Refuse(name, "must be an object");
  return std::nullopt;
}

std::optional<Uuid> FieldReader::UuidField(std::string_view name, Presence presence) {
  const std::optional<std::string_view> text = String(name, presence);
  if (!text) return std::nullopt;
  const std::optional<Uuid> uuid = Uuid::Parse(*text);
  if (!uuid) Refuse(name, "must be a UUID");
  return uuid;
}

std::vector<Uuid> FieldReader::UuidList(std::string_view name, std::size_t max, Presence presence) {
  std::vector<Uuid> uuids;
  std::unordered_set<Uuid> seen;
  const std::optional<JsonArray> array = Array(name, presence);
  if (!array) return uuids;
  for (const JsonValue value : *array) {
    std::string_view text;
    const std::optional<Uuid> uuid =
        value.get(text) == simdjson::SUCCESS ? Uuid::Parse(text) : std::nullopt;
    if (!uuid) {
      Refuse(name, "must be a list of UUIDs");
      return {};
    }
    if (seen.insert(*uuid).second) uuids.push_back(*uuid);
  }
  if (uuids.size() > max) Refuse(name, fmt::format("at most {}", max));
  return uuids;
}

bool FieldReader::Has(std::string_view name) { return Find(name, kOptional).has_value(); }

void FieldReader::Refuse(std::string_view name, std::string_view detail) {
  errors_.push_back({std::string(name), std::string(detail)});
}

void FieldReader::Check(const Status& status) {
  if (status.ok()) return;
  errors_.insert(errors_.end(), status.fields().begin(), status.fields().end());
}

Status FieldReader::Errors(Unknown unknown) {
  std::vector<FieldError> errors = errors_;
  if (unknown == Unknown::kRefused) {
    for (const auto& field : object_) {
      if (errors.size() >= kMaxErrors) break;
      if (std::find(known_.begin(), known_.end(), field.key) != known_.end()) continue;
      errors.push_back({Shortened(field.key), "is not a field of this request"});
    }
  }
  if (errors.empty()) return Status::Ok();
  Status status = InvalidField(errors.front().field, errors.front().detail);
  for (std::size_t i = 1; i < errors.size(); ++i) {
    status = status.WithField(errors[i].field, errors[i].detail);
  }
  return status;
}

}  // namespace parley::wire
