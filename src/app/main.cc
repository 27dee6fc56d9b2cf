#include <cstdio>
#include <exception>

#include <fmt/core.h>

#include "app/cli.h"
#include "app/commands.h"

namespace parley::app {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

struct Dispatch {
  const LoadedConfig& loaded;
  const ConfigSources& sources;

  int operator()(const PrintAndExit& done) const { return done.exit_code; }
  int operator()(const ServeCommand& /*serve*/) const { return RunServe(loaded, sources); }
  int operator()(const ConfigPrintCommand& /*print*/) const { return RunConfigPrint(loaded); }
  int operator()(const DoctorCommand& doctor) const {
    return RunDoctor(loaded, sources, doctor.format);
  }
  int operator()(const BackupCommandLine& backup) const {
    return RunBackup(loaded.config, backup.folder);
  }
  int operator()(const MigrateCommand& migrate) const {
    return RunMigrate(loaded.config, migrate.from, sources.file);
  }
  int operator()(const AdminGrantCommand& grant) const {
    return RunAdminGrant(loaded.config, grant.username);
  }
};

int ParseLoadAndRun(int argc, const char* const* argv) {
  CommandLine line = ParseCommandLine(argc, argv);
  if (const auto* done = std::get_if<PrintAndExit>(&line.command)) {
    fmt::print(done->exit_code == 0 ? stdout : stderr, "{}", done->text);
    return done->exit_code;
  }
  line.sources.environment = ProcessEnvironment();
  const Result<LoadedConfig> loaded = LoadConfig(line.sources);
  if (!loaded.ok()) {
    fmt::print(stderr, "parleyd: the configuration is not right\n{}\n", loaded.status().message());
    return kWrongUsage;
  }
  return std::visit(Dispatch{*loaded, line.sources}, line.command);
}

}  // namespace

int Main(int argc, const char* const* argv) {
  try {
    return ParseLoadAndRun(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "parleyd: {}\n", error.what());
    return kFailed;
  }
}

}  // namespace parley::app
