#include "app/config/toml_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <toml.hpp>

namespace parley::app {
namespace {

GivenValue ToGivenValue(const toml::value& value) {
  if (value.is_boolean()) return value.as_boolean();
  if (value.is_integer()) return std::int64_t{value.as_integer()};
  if (value.is_string()) return value.as_string().str;
  if (!value.is_array()) return std::monostate();
  std::vector<std::string> items;
  for (const toml::value& item : value.as_array()) {
    if (!item.is_string()) return std::monostate();
    items.push_back(item.as_string().str);
  }
  return items;
}

void Flatten(const std::string& prefix, const toml::value& table, std::vector<TomlValue>& out) {
  for (const auto& [key, value] : table.as_table()) {
    const std::string name = prefix.empty() ? key : fmt::format("{}.{}", prefix, key);
    if (value.is_table()) {
      Flatten(name, value, out);
    } else {
      out.push_back({name, ToGivenValue(value), value.location().line()});
    }
  }
}

/// The first line of the library's report, without its marks; what follows there draws the place.
std::string FirstLine(std::string_view report) {
  report = report.substr(0, report.find('\n'));
  constexpr std::string_view kMark = "[error] ";
  if (report.starts_with(kMark)) report.remove_prefix(kMark.size());
  return std::string(report);
}

}  // namespace

Result<std::vector<TomlValue>> ReadTomlFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    return NotFound(fmt::format("{}: cannot be read", path));
  try {
    std::stringstream content;  // toml::parse seeks, which a pipe cannot
    content << file.rdbuf();
    const toml::value root = toml::parse(content, path);
    std::vector<TomlValue> values;
    Flatten("", root, values);
    std::ranges::sort(values, {}, &TomlValue::line);
    return values;
  } catch (const toml::exception& error) {
    return InvalidArgument(fmt::format("{}:{}: this is not TOML: {}", path, error.location().line(),
                                       FirstLine(error.what())));
  } catch (const std::exception& error) {
    return InvalidArgument(fmt::format("{}: cannot be read: {}", path, FirstLine(error.what())));
  }
}

}  // namespace parley::app
