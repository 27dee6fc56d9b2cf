#pragma once

#include <string>
#include <vector>

#include "app/config/setting.h"
#include "base/result.h"

namespace parley::app {

/// One value of a TOML file: `[server]` and `drain_ms = 1` give {"server.drain_ms", 1, line}.
struct TomlValue {
  std::string name;
  GivenValue value;
  std::size_t line = 0;
};

/// All values of the file, in the order of its lines. kNotFound if it cannot be opened,
/// kInvalidArgument with file and line if it is not TOML.
Result<std::vector<TomlValue>> ReadTomlFile(const std::string& path);

}  // namespace parley::app
