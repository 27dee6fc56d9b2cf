#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "client/cli/chat/program.h"
#include "client/cli/chat/signals.h"
#include "client/cli/chat/terminal.h"
#include "client/cli/commands.h"

namespace parley::client::cli {
namespace {

Status Chat(const Context& context, const std::string& open) {
  chat::Signals signals;
  if (context.output().json()) return InvalidArgument("chat is for people: it has no --json");
  PARLEY_ASSIGN(const Session session, Session::Open(context));
  PARLEY_ASSIGN(const std::unique_ptr<chat::Terminal> terminal, chat::Terminal::Open());
  chat::Program program(session, open, *terminal, signals);
  const Status end = program.Run();
  // The terminal is the shell's again: what was not sent can be copied from there.
  for (const std::string& line : program.Unsent()) context.output().Notice({}, line);
  return end;
}

}  // namespace

void AddChatCommand(CLI::App& app, Command& chosen) {
  const auto open = std::make_shared<std::string>();
  CLI::App* chat = app.add_subcommand("chat", "Talk, in the whole terminal");
  chat->add_option("CONVERSATION", *open, "Open this one: id, start of an id, title or @username");
  chat->callback([open, &chosen] { chosen = [open](const Context& c) { return Chat(c, *open); }; });
}

}  // namespace parley::client::cli
