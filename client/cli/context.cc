#include "client/cli/context.h"

#include <cstdlib>
#include <optional>
#include <utility>
#include <simdjson.h>

#include <fmt/format.h>

namespace parley::client::cli {

Result<Context> Context::Make(const GlobalOptions& options, Output& output) {
  PARLEY_TRY(ValidateProfileName(options.profile));
  PARLEY_ASSIGN(std::filesystem::path folder, ProfileFolder([](const char* name) {
                  const char* value = std::getenv(name);
                  return std::string(value == nullptr ? "" : value);
                }));
  if (!options.server.empty()) PARLEY_TRY(ParseServerUrl(options.server).status());
  return Context(output, ProfileFile(folder, options.profile), options.server);
}

Result<ServerUrl> Context::ServerToSignInAt() const {
  if (!given_server_.empty()) return ParseServerUrl(given_server_);
  const Result<std::optional<Profile>> profile = file_.Load();
  if (profile.ok()) {
    if (const std::optional<Profile>& kept = *profile) return ParseServerUrl(kept->server);
  }
  return ParseServerUrl(kDefaultServer);
}

Result<Session> Session::Open(const Context& context) {
  PARLEY_ASSIGN(std::optional<Profile> profile, context.file_.Load());
  if (!profile) return Unauthenticated("not signed in: run parley login NAME");
  PARLEY_ASSIGN(ServerUrl server, ParseServerUrl(profile->server));
  if (!context.given_server_.empty()) {
    PARLEY_ASSIGN(const ServerUrl given, ParseServerUrl(context.given_server_));
    if (given.ToString() != server.ToString()) {
      return Unauthenticated(
          fmt::format("signed in at {}, not at {}: run parley --server {} login NAME",
                      server.ToString(), given.ToString(), given.ToString()));
    }
  }
  return Session(*std::move(profile), std::move(server));
}

Session::Session(Profile profile, ServerUrl server)
    : profile_(std::move(profile)),
      server_(std::move(server)),
      http_(std::make_unique<CurlHttpClient>(server_, profile_.token)),
      api_(std::make_unique<Api>(*http_)) {}

Status ValidateUtf8(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return Status::Ok();
  return InvalidArgument("the text is not valid UTF-8");
}

}  // namespace parley::client::cli
