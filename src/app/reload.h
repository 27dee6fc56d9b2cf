#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/config/load.h"

namespace parley::app {

/// Rereads the configuration while the server runs (SIGHUP).
///
///   Reloader reloader(sources, loaded.config, [&](const Config& fresh) { node.Apply(fresh); });
///   ReloadReport report = reloader.Reload();
///
/// Settings that the table marks as reloadable are applied; others stay as they were at the start.
/// One thread.
class Reloader {
 public:
  struct Report {
    Status status;                           ///< not OK: nothing was changed, and why
    std::vector<std::string> changed;        ///< names of settings that are in effect now
    std::vector<std::string> at_next_start;  ///< that differ from what the server runs with
  };
  /// Takes over what is reloadable of it; the rest is not looked at.
  using Apply = std::function<void(const Config& fresh)>;

  Reloader(ConfigSources sources, Config started, Apply apply,
           std::span<const Setting> table = Settings())
      : sources_(std::move(sources)),
        started_(std::move(started)),
        current_(started_),
        apply_(std::move(apply)),
        table_(table) {}

  /// File, environment and flags once more, as at the start.
  Report Reload();

 private:
  const ConfigSources sources_;
  const Config started_;
  Config current_;  // what was loaded last: true for what is reloadable
  const Apply apply_;
  const std::span<const Setting> table_;
};

}  // namespace parley::app
