#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "app/config/load.h"
#include "base/result.h"

namespace parley::app {

struct ServeCommand {};
struct ConfigPrintCommand {};
enum class DoctorFormat : std::uint8_t { kText, kJson };
struct DoctorCommand {
  DoctorFormat format = DoctorFormat::kText;
};
struct BackupCommandLine {
  std::string folder;
};
/// The configuration file is that of the target.
struct MigrateCommand {
  std::string from;  ///< the data folder
};
struct AdminGrantCommand {
  std::string username;
};
/// --help, --version, or something wrong: print `text` and leave with `exit_code`.
struct PrintAndExit {
  std::string text;
  int exit_code = 0;
};

using Command = std::variant<PrintAndExit, ServeCommand, ConfigPrintCommand, DoctorCommand,
                             BackupCommandLine, MigrateCommand, AdminGrantCommand>;

/// A command line, understood.
struct CommandLine {
  Command command;
  ConfigSources sources;  ///< file and flags; the environment is empty
};

/// Never fails: what is wrong with the arguments becomes a PrintAndExit with code 2.
CommandLine ParseCommandLine(int argc, const char* const* argv);

/// The whole of `parleyd`: parse, load, dispatch (app/commands.h). Answers the exit code: 0, 1
/// where the work failed, 2 where command line or configuration are wrong.
int Main(int argc, const char* const* argv);

}  // namespace parley::app
