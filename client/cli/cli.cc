#include "client/cli/cli.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "client/cli/commands.h"
#include "client/cli/context.h"

namespace parley::client::cli {
namespace {

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.set_version_flag("--version", "parley " PARLEY_VERSION);
  app.add_option("--server", options.server, "Address of the server (default: where you signed in)")
      ->envname("PARLEY_SERVER");
  app.add_option("--profile", options.profile, "Whose session to use")
      ->envname("PARLEY_PROFILE")
      ->capture_default_str();
  app.add_flag("--json", options.json, "One JSON object per line, errors too");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "The session is kept in $PARLEY_HOME (default ~/.config/parley). Exit codes: 0 done, 1 "
      "error, 2 usage.");
}

/// The form of a usage error, which may lie before or behind the option.
Output::Form FormOf(int argc, const char* const* argv) {
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  const bool json = std::any_of(arguments.begin(), arguments.end(), [](const char* argument) {
    return std::string_view(argument) == "--json";
  });
  return json ? Output::Form::kJson : Output::Form::kText;
}

Status UsageError(const CLI::App& app, const CLI::ParseError& error) {
  std::string detail = error.what();
  // CLI11 takes an unknown command for a missing one.
  if (app.get_subcommands().empty() && !app.remaining().empty()) {
    detail = fmt::format("there is no command \"{}\"", app.remaining().front());
  }
  return InvalidArgument(detail + " (parley --help tells more)");
}

int Run(const GlobalOptions& options, const Command& command, Output& output) {
  const Result<Context> context = Context::Make(options, output);
  if (!context.ok()) {
    output.Error(context.status(), "usage");
    return kExitUsage;
  }
  if (const Status done = command(*context); !done.ok()) {
    output.Error(done);
    return kExitError;
  }
  return output.writable() ? 0 : kExitError;
}

}  // namespace

int Main(int argc, const char* const* argv, std::FILE* out, std::FILE* err) {
  // A reader that went away is seen when writing.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Parley: send and receive messages from the command line", "parley");
  GlobalOptions options;
  Command command;
  AddGlobalOptions(app, options);
  AddAccountCommands(app, command);
  AddConversationCommands(app, command);
  AddMessageCommands(app, command);
  AddTailCommand(app, command);
  AddChatCommand(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    Output(FormOf(argc, argv), out, err).Error(UsageError(app, error), "usage");
    return kExitUsage;
  }
  Output output(options.json ? Output::Form::kJson : Output::Form::kText, out, err);
  return Run(options, command, output);
}

}  // namespace parley::client::cli
