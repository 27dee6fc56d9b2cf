#pragma once

#include <string>

#include "app/config/config.h"
#include "app/config/load.h"

namespace parley::app {

// What `parleyd` can do. Each answers the exit code of the program: 0, or 1 after it has said on
// standard error what went wrong.

/// Serves until SIGTERM or SIGINT, drains and returns. `loaded.warnings` go into the log.
int RunServe(const LoadedConfig& loaded);

/// Prints the effective configuration with the origin of each value.
int RunConfigPrint(const LoadedConfig& loaded);

/// Makes the person of that name an administrator, whether a server runs on the data folder or not.
int RunAdminGrant(const Config& config, const std::string& username);

}  // namespace parley::app
