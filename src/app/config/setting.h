#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config/config.h"

namespace parley::app {

/// Text from the environment or a flag, whose type the setting decides; "x, y" is a list there.
struct UntypedText {
  std::string text;
};

/// A value as it was given: untyped, or with the type that a TOML file gives it; nothing where that
/// is a type of which no setting is (a date, a float).
using GivenValue = std::variant<std::monostate, UntypedText, bool, std::int64_t, std::string,
                                std::vector<std::string>>;

/// One thing that can be set, bound to its place in a Config.
struct Setting {
  std::string_view name;     ///< "server.public_url"
  std::string accepts;       ///< "an integer from 0 to 256", "open, invitation or closed"
  std::string_view unit;     ///< "ms", "bytes"; empty where there is none
  std::string_view meaning;  ///< one sentence
  bool secret = false;       ///< its value is never shown

  /// Takes the value in; false, with nothing changed, if it is not what `accepts` says.
  std::function<bool(Config&, const GivenValue&)> set;
  /// The value as TOML, secret or not.
  std::function<std::string(const Config&)> show;
  /// SIGHUP applies it to a running server; others wait for the next start.
  bool reloadable = false;
};

/// All settings, in the order in which they are documented.
std::span<const Setting> Settings();

}  // namespace parley::app
