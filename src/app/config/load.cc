#include "app/config/load.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "app/config/bind.h"
#include "app/config/nearest.h"
#include "app/config/toml_file.h"

namespace parley::app {
namespace {

constexpr std::string_view kPrefix = "PARLEY_";

/// Variables of the command line client `parley`, which a shell may well have set for both
/// programs.
constexpr std::array<std::string_view, 4> kClientVariables{"PARLEY_HOME", "PARLEY_PASSWORD",
                                                           "PARLEY_PROFILE", "PARLEY_SERVER"};

bool IsOfTheClient(std::string_view variable) {
  return std::ranges::find(kClientVariables, variable) != kClientVariables.end();
}

/// ", not 70000"; nothing where the value says no more than its place, or must not be told.
std::string NotThis(const Setting& setting, const GivenValue& value) {
  if (setting.secret) return "";
  if (const auto* untyped = std::get_if<UntypedText>(&value)) {
    return fmt::format(", not {}", QuoteToml(untyped->text));
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return fmt::format(", not {}", QuoteToml(*text));
  }
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return fmt::format(", not {}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return fmt::format(", not {}", *flag);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return fmt::format(", not {}", QuoteToml(*list));
  }
  return "";
}

/// Puts values on the defaults, the stronger after the weaker, and gathers what is wrong.
class Loader {
 public:
  explicit Loader(std::span<const Setting> table) : table_(table) {
    loaded_.origins.resize(table.size());
  }

  /// `origin.detail` is also where errors point to.
  void Apply(std::string_view name, const GivenValue& value, const Origin& origin) {
    const auto setting = std::ranges::find(table_, name, &Setting::name);
    if (setting == table_.end()) {
      errors_.push_back(fmt::format("{}: there is no setting {}; did you mean {}?", origin.detail,
                                    name, NearestSetting(name, table_)));
    } else if (!setting->set(loaded_.config, value)) {
      errors_.push_back(fmt::format("{}: {} must be {}{}", origin.detail, setting->name,
                                    setting->accepts, NotThis(*setting, value)));
    } else {
      loaded_.origins[static_cast<std::size_t>(setting - table_.begin())] = origin;
    }
  }

  void ApplyFile(const std::string& path) {
    const Result<std::vector<TomlValue>> values = ReadTomlFile(path);
    if (!values.ok()) {
      errors_.emplace_back(values.status().message());
      return;
    }
    for (const TomlValue& value : *values) {
      Apply(value.name, value.value, {OriginKind::kFile, fmt::format("{}:{}", path, value.line)});
    }
  }

  void ApplyEnvironment(const std::map<std::string, std::string>& environment) {
    for (const auto& [variable, value] : environment) {
      if (!variable.starts_with(kPrefix)) continue;
      const auto setting = std::ranges::find(
          table_, variable, [](const Setting& s) { return EnvironmentName(s.name); });
      if (setting != table_.end()) {
        Apply(setting->name, UntypedText{value}, {OriginKind::kEnv, variable});
      } else if (!IsOfTheClient(variable)) {
        loaded_.warnings.push_back(
            fmt::format("{} is no setting; did you mean {}?", variable, NearestVariable(variable)));
      }
    }
  }

  /// What only shows when all values are known.
  void CheckTogether() {
    const Config& config = loaded_.config;
    if (errors_.empty() && config.server.options.outbox_bytes < config.limits.frame_bytes) {
      errors_.push_back(fmt::format(
          "server.outbox_bytes ({}) must be at least limits.frame_bytes ({}): one frame must fit",
          config.server.options.outbox_bytes, config.limits.frame_bytes));
    }
    if (errors_.empty() && config.bus.engine == BusEngine::kNats &&
        config.storage.engine != StorageEngine::kCassandra) {
      errors_.emplace_back(
          "bus.engine is nats, which joins servers that share their data: set storage.engine to "
          "cassandra, or bus.engine to local");
    }
    if (errors_.empty() && config.bus.silence < 2 * config.bus.heartbeat) {
      errors_.push_back(fmt::format(
          "bus.silence_ms ({}) must be at least twice bus.heartbeat_ms ({}): one heartbeat may be "
          "lost",
          config.bus.silence.count(), config.bus.heartbeat.count()));
    }
  }

  Result<LoadedConfig> Finish() && {
    CheckTogether();
    if (errors_.empty()) return std::move(loaded_);
    return InvalidArgument(fmt::format("{}", fmt::join(errors_, "\n")));
  }

 private:
  std::string NearestVariable(std::string_view variable) const {
    const auto distance = [&](const Setting& setting) {
      return EditDistance(variable, EnvironmentName(setting.name));
    };
    const auto nearest = std::ranges::min_element(table_, {}, distance);
    return nearest == table_.end() ? "" : EnvironmentName(nearest->name);
  }

  const std::span<const Setting> table_;
  LoadedConfig loaded_;
  std::vector<std::string> errors_;
};

}  // namespace

std::string Origin::ToString() const {
  switch (kind) {
    case OriginKind::kDefault:
      return "default";
    case OriginKind::kFile:
      return "file " + detail;
    case OriginKind::kEnv:
      return "env " + detail;
    case OriginKind::kFlag:
      return "flag " + detail;
  }
  return "";
}

std::string EnvironmentName(std::string_view setting) {
  std::string name(kPrefix);
  for (const char c : setting) {
    name.push_back(c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return name;
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<LoadedConfig> LoadConfig(const ConfigSources& sources, std::span<const Setting> table) {
  Loader loader(table);
  if (!sources.file.empty()) loader.ApplyFile(sources.file);
  loader.ApplyEnvironment(sources.environment);
  for (const FlagValue& flag : sources.flags) {
    loader.Apply(flag.setting, UntypedText{flag.value}, {OriginKind::kFlag, flag.flag});
  }
  return std::move(loader).Finish();
}

std::string PrintConfig(const LoadedConfig& loaded, std::span<const Setting> table) {
  std::string text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string value = table[i].show(loaded.config);
    // Behind a remark, so that what is printed can be read again.
    const bool hidden = table[i].secret && value != "\"\"" && value != "[]";
    text += fmt::format("{}{} = {}  # {}{}\n", hidden ? "# " : "", table[i].name,
                        hidden ? "\"********\"" : value, loaded.origins[i].ToString(),
                        table[i].reloadable ? "; SIGHUP rereads it" : "");
  }
  return text;
}

}  // namespace parley::app
