#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/config/setting.h"

namespace parley::app {

// How settings of each type are read, written and bound to a field of Config. A field is a generic
// lambda that answers a reference to it: PARLEY_FIELD(server.drain).
#define PARLEY_FIELD(path) [](auto& config) -> auto& { return config.path; }

std::optional<std::int64_t> ReadInteger(const GivenValue& value);
std::optional<bool> ReadBoolean(const GivenValue& value);
std::optional<std::string> ReadText(const GivenValue& value);
/// Untyped text is split at commas; blanks around items and empty items are dropped.
std::optional<std::vector<std::string>> ReadList(const GivenValue& value);
std::optional<HostPort> ParseHostPort(std::string_view text);

std::string QuoteToml(std::string_view text);
std::string QuoteToml(const std::vector<std::string>& items);

/// "a, b or c".
std::string JoinChoices(const std::vector<std::string_view>& choices);

struct Range {
  std::int64_t min;
  std::int64_t max;
};

/// What every setting says of itself.
struct About {
  std::string_view name;
  std::string_view meaning;
};

/// The same setting, marked as one that SIGHUP applies to a running server (app/reload.h).
inline Setting Reloadable(Setting setting) {
  setting.reloadable = true;
  return setting;
}

/// An unsigned integer, or a duration in its own unit.
template <class Field>
Setting IntegerSetting(About about, std::string_view unit, Range range, Field field) {
  const auto set = [field, range](Config& config, const GivenValue& value) {
    const std::optional<std::int64_t> number = ReadInteger(value);
    if (!number || *number < range.min || *number > range.max) return false;
    auto& target = field(config);
    target = static_cast<std::remove_reference_t<decltype(target)>>(*number);
    return true;
  };
  const auto show = [field](const Config& config) {
    const auto& value = field(config);
    if constexpr (requires { value.count(); }) {
      return fmt::format("{}", value.count());
    } else {
      return fmt::format("{}", value);
    }
  };
  return {about.name, fmt::format("an integer from {} to {}", range.min, range.max),
          unit,       about.meaning,
          false,      set,
          show};
}

template <class Field>
Setting BooleanSetting(About about, Field field) {
  const auto set = [field](Config& config, const GivenValue& value) {
    const std::optional<bool> read = ReadBoolean(value);
    if (read) field(config) = *read;
    return read.has_value();
  };
  const auto show = [field](const Config& config) { return fmt::format("{}", field(config)); };
  return {about.name, "true or false", "", about.meaning, false, set, show};
}

/// One of a few words, each for a value of an enum.
template <class Enum, class Field>
Setting ChoiceSetting(About about, std::vector<std::pair<std::string_view, Enum>> choices,
                      Field field) {
  std::vector<std::string_view> words;
  words.reserve(choices.size());
  for (const auto& choice : choices) words.push_back(choice.first);
  const auto set = [field, choices](Config& config, const GivenValue& value) {
    const std::optional<std::string> text = ReadText(value);
    for (const auto& [word, meant] : choices) {
      if (text != word) continue;
      field(config) = meant;
      return true;
    }
    return false;
  };
  const auto show = [field, choices](const Config& config) {
    for (const auto& [word, meant] : choices) {
      if (field(config) == meant) return QuoteToml(word);
    }
    return std::string();
  };
  return {about.name, JoinChoices(words), "", about.meaning, false, set, show};
}

/// Text for which `is_valid` holds.
template <class Field>
Setting TextSetting(About about, std::string accepts, bool (*is_valid)(std::string_view),
                    Field field) {
  const auto set = [field, is_valid](Config& config, const GivenValue& value) {
    std::optional<std::string> text = ReadText(value);
    if (!text || !is_valid(*text)) return false;
    field(config) = *std::move(text);
    return true;
  };
  const auto show = [field](const Config& config) { return QuoteToml(field(config)); };
  return {about.name, std::move(accepts), "", about.meaning, false, set, show};
}

/// A list of texts for each of which `is_valid` holds.
template <class Field>
Setting ListSetting(About about, std::string accepts, bool (*is_valid)(std::string_view),
                    Field field) {
  const auto set = [field, is_valid](Config& config, const GivenValue& value) {
    std::optional<std::vector<std::string>> items = ReadList(value);
    if (!items) return false;
    for (const std::string& item : *items) {
      if (!is_valid(item)) return false;
    }
    field(config) = *std::move(items);
    return true;
  };
  const auto show = [field](const Config& config) { return QuoteToml(field(config)); };
  return {about.name, std::move(accepts), "", about.meaning, false, set, show};
}

template <class Field>
Setting HostPortSetting(About about, Field field) {
  const auto set = [field](Config& config, const GivenValue& value) {
    const std::optional<std::string> text = ReadText(value);
    std::optional<HostPort> read = text ? ParseHostPort(*text) : std::nullopt;
    if (!read) return false;
    field(config) = *std::move(read);
    return true;
  };
  const auto show = [field](const Config& config) { return QuoteToml(field(config).ToString()); };
  return {
      about.name, "HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080", "", about.meaning, false, set,
      show};
}

}  // namespace parley::app
