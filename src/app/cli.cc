#include "app/cli.h"

#include <sstream>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace parley::app {
namespace {

constexpr int kWrongUsage = 2;

/// What the options of one subcommand leave behind; every subcommand has the same.
struct Options {
  std::string config;
  std::string data_dir;
  std::string listen;
  std::string ops_listen;
  std::vector<std::string> set;
};

void AddSet(CLI::App& command, Options& options) {
  command.add_option("--set", options.set, "Any other setting; may be given again")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        const std::size_t equals = text.find('=');
        return equals != std::string::npos && equals > 0
                   ? std::string()
                   : "'" + text + "' is not of the form NAME=VALUE, such as log.level=debug";
      });
}

void AddOptions(CLI::App& command, Options& options) {
  command.add_option("--config", options.config, "Read settings from this TOML file")
      ->type_name("FILE");
  command.add_option("--data-dir", options.data_dir, "Setting data_dir: where everything is kept")
      ->type_name("DIR");
  command.add_option("--listen", options.listen, "Setting listen: the API and the web app")
      ->type_name("HOST:PORT");
  command.add_option("--ops-listen", options.ops_listen, "Setting ops_listen: health and metrics")
      ->type_name("HOST:PORT");
  AddSet(command, options);
}

/// The settings are those of where it moves to: a data folder or an address to listen at would only
/// be taken for something else.
CLI::App* AddMigrate(CLI::App& app, MigrateCommand& command, Options& options) {
  CLI::App* const migrate = app.add_subcommand(
      "migrate",
      "Move all data of a stopped server into the Cassandra of a fleet: people, sessions,\n"
      "conversations, keys. DIR is only read. It may be interrupted and run again; at the end it "
      "reads\neverything back and compares. Until then no server starts on the target.");
  migrate->add_option("--from", command.from, "The data_dir of the server that is stopped")
      ->type_name("DIR")
      ->required();
  migrate->add_option("--to", options.config, "The configuration file (TOML) of the fleet")
      ->type_name("CONFIG")
      ->required();
  AddSet(*migrate, options);
  return migrate;
}

/// A named flag is stronger than --set, so it comes later.
ConfigSources ToSources(const CLI::App& command, const Options& options) {
  ConfigSources sources;
  sources.file = options.config;
  for (const std::string& text : options.set) {
    const std::size_t equals = text.find('=');
    sources.flags.push_back({text.substr(0, equals), text.substr(equals + 1), "--set"});
  }
  const auto add = [&](std::string setting, const std::string& value, std::string flag) {
    const CLI::Option* const option = command.get_option_no_throw(flag);
    if (option != nullptr && option->count() > 0)
      sources.flags.push_back({std::move(setting), value, std::move(flag)});
  };
  add("data_dir", options.data_dir, "--data-dir");
  add("listen", options.listen, "--listen");
  add("ops_listen", options.ops_listen, "--ops-listen");
  return sources;
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app(
      "The server of Parley, a messenger that anyone can run.\n"
      "Settings come from a file, the environment (PARLEY_LISTEN, ...) and flags; the later is the "
      "stronger.",
      "parleyd");
  app.set_version_flag("--version", std::string("parleyd ") + PARLEY_VERSION);

  Options options;
  AdminGrantCommand grant_command;
  CLI::App* const serve = app.add_subcommand(
      "serve", "Serve until SIGTERM or SIGINT; SIGHUP rereads the configuration");
  CLI::App* const config = app.add_subcommand("config", "Look at the configuration");
  CLI::App* const print =
      config->add_subcommand("print", "Print every setting with its value and where that is from");
  BackupCommandLine backup_command;
  CLI::App* const backup =
      app.add_subcommand("backup", "Have the running server copy its data into a new folder");
  backup->add_option("FOLDER", backup_command.folder, "Where to; made if it is missing")
      ->required();
  MigrateCommand migrate_command;
  CLI::App* const migrate = AddMigrate(app, migrate_command, options);
  bool json = false;
  CLI::App* const doctor = app.add_subcommand(
      "doctor", "Look for what would trouble the server here, and say what to do");
  doctor->add_flag("--json", json, "One JSON object, for programs");
  CLI::App* const admin = app.add_subcommand("admin", "Look after the people of this server");
  CLI::App* const grant = admin->add_subcommand("grant", "Make a person an administrator");
  grant->add_option("NAME", grant_command.username, "Their username")->required();
  for (CLI::App* const command : {serve, print, doctor, backup, grant})
    AddOptions(*command, options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return {PrintAndExit{out.str() + err.str(), code == 0 ? 0 : kWrongUsage}, {}};
  }
  if (print->parsed()) return {ConfigPrintCommand(), ToSources(*print, options)};
  if (doctor->parsed()) {
    return {DoctorCommand{json ? DoctorFormat::kJson : DoctorFormat::kText},
            ToSources(*doctor, options)};
  }
  if (backup->parsed()) return {std::move(backup_command), ToSources(*backup, options)};
  if (migrate->parsed()) return {std::move(migrate_command), ToSources(*migrate, options)};
  if (grant->parsed()) return {std::move(grant_command), ToSources(*grant, options)};
  if (serve->parsed()) return {ServeCommand(), ToSources(*serve, options)};
  return {PrintAndExit{app.help(), kWrongUsage}, {}};  // "config" alone: its own help
}

}  // namespace parley::app
