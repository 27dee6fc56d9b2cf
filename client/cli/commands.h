#pragma once

#include <functional>

#include "base/status.h"
#include "client/cli/context.h"

namespace CLI {
class App;
}

namespace parley::client::cli {

/// What the command line chose to do. An error that it returns is written and ends the program
/// with 1.
using Command = std::function<Status(const Context&)>;

// Each adds its commands to `app`, and on parsing sets `chosen`, which must outlive the parsing.

/// register, login, logout, whoami, claim
void AddAccountCommands(CLI::App& app, Command& chosen);
/// new, list, members, add, remove, leave
void AddConversationCommands(CLI::App& app, Command& chosen);
/// send, read
void AddMessageCommands(CLI::App& app, Command& chosen);
/// chat
void AddChatCommand(CLI::App& app, Command& chosen);
/// tail
void AddTailCommand(CLI::App& app, Command& chosen);

}  // namespace parley::client::cli
