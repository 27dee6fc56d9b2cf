#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/api.h"
#include "client/cli/output.h"
#include "client/cli/profile.h"
#include "client/http_client.h"
#include "client/url.h"

namespace parley::client::cli {

/// The options that every command has.
struct GlobalOptions {
  std::string server;  ///< empty: not given
  std::string profile = "default";
  bool json = false;
};

/// What a command works with: where to write, whose session, which server.
class Context {
 public:
  static constexpr char kDefaultServer[] = "http://127.0.0.1:8080";

  /// kInvalidArgument for options that cannot be right.
  static Result<Context> Make(const GlobalOptions& options, Output& output);

  Output& output() const { return *output_; }
  const ProfileFile& file() const { return file_; }

  /// The server to sign in at: the one given, else the profile's, else the default.
  Result<ServerUrl> ServerToSignInAt() const;

 private:
  Context(Output& output, ProfileFile file, std::string server)
      : output_(&output), file_(std::move(file)), given_server_(std::move(server)) {}

  friend class Session;

  Output* output_;
  ProfileFile file_;
  std::string given_server_;
};

/// The profile's session, ready for calls.
class Session {
 public:
  /// kUnauthenticated if the profile is not signed in, or at another server than the one asked for.
  static Result<Session> Open(const Context& context);

  Api& api() { return *api_; }
  const Profile& profile() const { return profile_; }
  const ServerUrl& server() const { return server_; }
  /// The person's own id.
  UserId self() const { return UserId::Parse(profile_.user_id).value_or(UserId()); }

 private:
  Session(Profile profile, ServerUrl server);

  Profile profile_;
  ServerUrl server_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Api> api_;
};

/// kInvalidArgument unless `text` is UTF-8, which is all that the server takes.
Status ValidateUtf8(std::string_view text);

}  // namespace parley::client::cli
