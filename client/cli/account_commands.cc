#include <array>
#include <memory>
#include <string>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "client/cli/commands.h"
#include "client/cli/password.h"
#include "client/cli/text.h"
#include "client/json_writer.h"

namespace parley::client::cli {
namespace {

struct SignInOptions {
  Registration account;
  bool password_stdin = false;

  PasswordSource source() const {
    return password_stdin ? PasswordSource::kStdin : PasswordSource::kAsk;
  }
};

std::string DeviceName() {
  std::array<char, 65> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return "parley";
  return fmt::format("parley on {}", host.data());
}

Status KeepSession(const Context& context, const ServerUrl& server, const SignedIn& signed_in) {
  PARLEY_TRY(context.file().Save(
      {server.ToString(), signed_in.token, signed_in.user.id.ToString(), signed_in.user.username}));
  context.output().Result(JsonObject()
                              .Raw("user", signed_in.user.json)
                              .Raw("session", signed_in.session_json)
                              .Str("server", server.ToString())
                              .Take(),
                          fmt::format("signed in as {} at {}",
                                      ForTerminalLine(signed_in.user.username), server.ToString()));
  return Status::Ok();
}

Status Register(const Context& context, const SignInOptions& options) {
  PARLEY_ASSIGN(const ServerUrl server, context.ServerToSignInAt());
  PARLEY_TRY(context.file().PrepareFolder());
  Registration account = options.account;
  PARLEY_ASSIGN(account.password, ReadPassword(options.source(), PasswordUse::kNew));
  account.device_name = DeviceName();
  CurlHttpClient http(server, {});
  PARLEY_ASSIGN(const SignedIn signed_in, Api(http).Register(account));
  return KeepSession(context, server, signed_in);
}

Status Login(const Context& context, const SignInOptions& options) {
  PARLEY_ASSIGN(const ServerUrl server, context.ServerToSignInAt());
  PARLEY_TRY(context.file().PrepareFolder());
  PARLEY_ASSIGN(const std::string password, ReadPassword(options.source(), PasswordUse::kExisting));
  CurlHttpClient http(server, {});
  PARLEY_ASSIGN(const SignedIn signed_in,
                Api(http).Login(options.account.username, password, DeviceName()));
  return KeepSession(context, server, signed_in);
}

Status Logout(const Context& context) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  const Status ended = session.api().SignOut();
  // This computer forgets the session in any case.
  PARLEY_TRY(context.file().Remove());
  if (!ended.ok() && ended.code() != StatusCode::kUnauthenticated) {
    const std::string warning =
        fmt::format("signed out here, but the server does not know: {}", ended.message());
    context.output().Notice(JsonObject().Str("event", "warning").Str("detail", warning).Take(),
                            ForTerminal(warning));
  }
  context.output().Result(JsonObject().Bool("signed_out", true).Take(), "signed out");
  return Status::Ok();
}

Status WhoAmI(const Context& context) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const User user, session.api().Me());
  context.output().Result(
      user.json, fmt::format("{} ({}) at {}", ForTerminalLine(user.username),
                             ForTerminalLine(user.display_name), session.server().ToString()));
  return Status::Ok();
}

Status Claim(const Context& context, const std::string& link) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  // The link ends in its token; the token alone will do.
  const std::size_t equals = link.rfind('=');
  Result<User> user =
      session.api().ClaimAdmin(equals == std::string::npos ? link : link.substr(equals + 1));
  if (user.status().code() == StatusCode::kNotFound) {
    return NotFound("this link is not valid, or was used before: see parleyd admin grant NAME");
  }
  PARLEY_TRY(user.status());
  context.output().Result(
      user->json, fmt::format("{} is an administrator now", ForTerminalLine(user->username)));
  return Status::Ok();
}

}  // namespace

void AddAccountCommands(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<SignInOptions>();

  CLI::App* register_command = app.add_subcommand("register", "Make an account and sign in");
  register_command->add_option("NAME", options->account.username, "Username")->required();
  register_command->add_option("--display-name", options->account.display_name,
                               "How others see you");
  register_command->add_option("--email", options->account.email, "Address for notifications");
  register_command->add_option("--invite", options->account.invite,
                               "Invitation, where one is needed");
  register_command->add_flag("--password-stdin", options->password_stdin,
                             "Read the password from standard input");
  register_command->callback([options, &chosen] {
    chosen = [options](const Context& c) { return Register(c, *options); };
  });

  CLI::App* login = app.add_subcommand("login", "Sign in");
  login->add_option("NAME", options->account.username, "Username")->required();
  login->add_flag("--password-stdin", options->password_stdin,
                  "Read the password from standard input");
  login->callback(
      [options, &chosen] { chosen = [options](const Context& c) { return Login(c, *options); }; });

  app.add_subcommand("logout", "End the session")->callback([&chosen] { chosen = Logout; });
  app.add_subcommand("whoami", "Who is signed in, and where")->callback([&chosen] {
    chosen = WhoAmI;
  });

  const auto link = std::make_shared<std::string>();
  CLI::App* claim = app.add_subcommand("claim", "Become an administrator by the one-time link");
  claim->add_option("LINK", *link, "What the first start of parleyd printed")->required();
  claim->callback(
      [link, &chosen] { chosen = [link](const Context& c) { return Claim(c, *link); }; });
}

}  // namespace parley::client::cli
