#pragma once

#include <string>

#include "app/cli.h"
#include "app/config/config.h"
#include "app/config/load.h"

namespace parley::app {

// What `parleyd` can do. Each answers the exit code of the program: 0, or 1 after it has said on
// standard error what went wrong.

/// Serves until SIGTERM or SIGINT, drains and returns; a second one makes it hurry. SIGHUP reads
/// `sources` again. `loaded.warnings` go into the log.
int RunServe(const LoadedConfig& loaded, const ConfigSources& sources);

/// Looks for what would trouble a server of this configuration on this machine. Answers 0 where all
/// is well, 1 where there are only warnings, 3 where there are errors. Changes nothing.
int RunDoctor(const LoadedConfig& loaded, const ConfigSources& sources, DoctorFormat format);

/// Prints the effective configuration with the origin of each value.
int RunConfigPrint(const LoadedConfig& loaded);

/// Has the server that runs on `config.data_dir` copy its data into `folder`, which is made where
/// it is missing and must be empty.
int RunBackup(const Config& config, const std::string& folder);

/// Moves all that a server keeps in its data folder `from`, which is stopped, into the cluster of
/// `config` (read from the file `to`). SIGTERM and SIGINT end it; the next call goes on.
int RunMigrate(const Config& config, const std::string& from, const std::string& to);

/// Makes the person of that name an administrator, whether a server runs on the data folder or not.
int RunAdminGrant(const Config& config, const std::string& username);

}  // namespace parley::app
