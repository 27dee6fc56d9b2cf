#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/config/config.h"
#include "app/config/setting.h"
#include "base/result.h"

namespace parley::app {

/// Where the value of a setting comes from, weakest first.
enum class OriginKind : std::uint8_t { kDefault, kFile, kEnv, kFlag };

struct Origin {
  OriginKind kind = OriginKind::kDefault;
  std::string detail;  ///< "parley.toml:3", "PARLEY_LISTEN", "--listen"

  /// "default", "file parley.toml:3", "env PARLEY_LISTEN", "flag --listen".
  std::string ToString() const;
};

/// A setting given on the command line: `--listen x` is {"listen", "x", "--listen"}.
struct FlagValue {
  std::string setting;
  std::string value;
  std::string flag;
};

/// What to load from, as the program was started.
struct ConfigSources {
  std::string file;                                ///< path of a TOML file; empty: none
  std::map<std::string, std::string> environment;  ///< names outside PARLEY_* do not matter
  std::vector<FlagValue> flags;                    ///< a later one of the same setting wins
};

struct LoadedConfig {
  Config config;
  std::vector<Origin> origins;        ///< one for each setting of the table, in its order
  std::vector<std::string> warnings;  ///< for the log: PARLEY_* variables that are no setting
};

/// Defaults, then file, then environment, then flags. kInvalidArgument, with all that is wrong (one
/// line each, with file and line or name of variable or flag), where a setting is unknown, of the
/// wrong type or out of range; kNotFound if there is no such file.
Result<LoadedConfig> LoadConfig(const ConfigSources& sources,
                                std::span<const Setting> table = Settings());

/// The variables of this process.
std::map<std::string, std::string> ProcessEnvironment();

/// "server.public_url" -> "PARLEY_SERVER_PUBLIC_URL".
std::string EnvironmentName(std::string_view setting);

/// `key = value  # origin`, one line for each setting, in the table's order; those that SIGHUP
/// rereads say so behind the origin. Values are written as
/// TOML, so that the output can serve as a configuration file; secret ones as "********".
std::string PrintConfig(const LoadedConfig& loaded, std::span<const Setting> table = Settings());

}  // namespace parley::app
