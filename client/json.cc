#include "client/json.h"

#include <utility>

#include "client/json_writer.h"

namespace parley::client {

Json Json::operator[](std::string_view key) const {
  simdjson::dom::object object;
  simdjson::dom::element value;
  if (!present_ || element_.get(object) != simdjson::SUCCESS) return {};
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return {};
  return Json(value);
}

std::string_view Json::Str() const {
  std::string_view value;
  if (!present_ || element_.get(value) != simdjson::SUCCESS) return {};
  return value;
}

std::uint64_t Json::Uint() const {
  std::uint64_t value = 0;
  if (!present_ || element_.get(value) != simdjson::SUCCESS) return 0;
  return value;
}

std::int64_t Json::Int() const {
  std::int64_t value = 0;
  if (!present_ || element_.get(value) != simdjson::SUCCESS) return 0;
  return value;
}

bool Json::Bool() const {
  bool value = false;
  if (!present_ || element_.get(value) != simdjson::SUCCESS) return false;
  return value;
}

std::vector<Json> Json::Items() const {
  std::vector<Json> items;
  simdjson::dom::array array;
  if (!present_ || element_.get(array) != simdjson::SUCCESS) return items;
  for (const simdjson::dom::element item : array) items.emplace_back(item);
  return items;
}

std::vector<std::pair<std::string_view, Json>> Json::Members() const {
  std::vector<std::pair<std::string_view, Json>> members;
  simdjson::dom::object object;
  if (!present_ || element_.get(object) != simdjson::SUCCESS) return members;
  for (const simdjson::dom::key_value_pair member : object) {
    members.emplace_back(member.key, Json(member.value));
  }
  return members;
}

std::string Json::Raw() const {
  return present_ ? std::string(simdjson::minify(element_)) : std::string("null");
}

std::string Json::RawWithout(std::string_view key) const {
  JsonObject object;
  for (const auto& [name, value] : Members()) {
    if (name != key) object.Raw(name, value.Raw());
  }
  return object.Take();
}

Result<JsonDocument> JsonDocument::Parse(std::string_view text) {
  JsonDocument document;
  document.parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::element root;
  const auto error = document.parser_->parse(text.data(), text.size()).get(root);
  if (error != simdjson::SUCCESS) {
    return Malformed(std::string("this is not JSON: ") + simdjson::error_message(error));
  }
  document.root_ = Json(root);
  return document;
}

}  // namespace parley::client
