#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/limits.h"
#include "storage/account_store.h"
#include "storage/cached/cache_options.h"
#include "storage/cached/read_through.h"

namespace parley::storage::cached {

struct UserTraits : SharedTraits<UserId, User> {
  static UserId KeyOf(const Loaded& user) { return user->id; }
  static std::size_t Bytes(const Value& user) {
    return sizeof(User) + user->username.size() + user->display_name.size();
  }
};

/// A name is somebody's for ever.
struct UserNameTraits : SharedTraits<std::string, UserId> {
  static std::size_t Bytes(const Value& id) { return sizeof *id + Limits::kUsernameMaxChars; }
};

struct TokenHashHash {
  std::size_t operator()(const TokenHash& token) const {
    std::size_t hash;  // any part of a SHA-256 is as good as another
    std::memcpy(&hash, token.data(), sizeof hash);
    return hash;
  }
};

struct SessionTraits : SharedTraits<TokenHash, Session, TokenHashHash> {
  static std::size_t Bytes(const Value& session) {
    return sizeof(Session) + session->device_name.size();
  }
};

/// A session as its owner names it.
struct SessionName {
  UserId user;
  SessionId session;
  bool operator==(const SessionName&) const = default;
};

struct SessionNameHash {
  std::size_t operator()(const SessionName& name) const {
    return std::hash<UserId>()(name.user) ^ std::hash<SessionId>()(name.session);
  }
};

/// Which token a session has; never changes.
struct SessionTokenTraits : SharedTraits<SessionName, TokenHash, SessionNameHash> {
  static std::size_t Bytes(const Value& token) { return sizeof *token; }
};

/// The AccountStore of CachedStore. Kept are users by id and name, and sessions by token;
/// everything else goes through. With `shared`: people and sessions are believed as long as its
/// ages say, and what is written here is told.
class CachedAccounts : public AccountStore {
 public:
  CachedAccounts(AccountStore& inner, const CacheOptions& options,
                 const std::optional<SharedStore>& shared = std::nullopt);

  runtime::Task<Status> CreateUser(User user, std::string password_hash) override;
  runtime::Task<Result<User>> FindUser(UserId user) override;
  runtime::Task<Result<User>> ReadUser(UserId user) override;
  runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) override;
  runtime::Task<Result<User>> FindUserByName(std::string username) override;
  runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) override;
  runtime::Task<Result<std::vector<User>>> SearchUsers(std::string prefix, std::size_t limit,
                                                       std::string after) override;
  runtime::Task<Result<std::string>> FindPasswordHash(UserId user) override;
  runtime::Task<Status> SetPasswordHash(UserId user, std::string password_hash) override;
  runtime::Task<Status> CreateSession(Session session) override;
  runtime::Task<Result<Session>> FindSession(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<Session>>> ListSessions(UserId user) override;
  runtime::Task<Status> DeleteSession(UserId user, SessionId session) override;
  runtime::Task<Status> TouchSession(UserId user, SessionId session, TimePoint at) override;

  // For writes that come by another way, too (CachedAdmin): drops what is kept of them, and tells.
  void ForgetUser(UserId user);
  void ForgetName(const std::string& username) { names_.Erase(username); }
  void ForgetSessions(const std::vector<TokenHash>& tokens);

  /// Drops what is kept of what another node wrote.
  void Hear(const CacheNews& news);
  /// Drops all.
  void Forget();

  void CountInto(CacheStats& stats) const;

 private:
  using UserPtr = UserTraits::Loaded;

  /// Somebody was active: what is kept of them stays, with the time.
  void KeepActivity(UserId user, std::optional<TimePoint> at);

  runtime::Task<Result<UserPtr>> LoadUser(UserId user);
  runtime::Task<Result<std::vector<UserPtr>>> LoadUsers(std::vector<UserId> users);
  runtime::Task<Result<UserNameTraits::Loaded>> LoadId(std::string username);
  runtime::Task<Result<SessionTraits::Loaded>> LoadSession(TokenHash token_hash);
  runtime::Task<Result<SessionTokenTraits::Loaded>> LoadToken(SessionName name);
  runtime::Task<Result<SessionTokenTraits::Loaded>> FindToken(SessionName name);

  AccountStore& inner_;
  const std::function<void(const CacheNews&)> tell_;  // may be null
  ReadThrough<UserTraits> users_;
  ReadThrough<UserNameTraits> names_;
  ReadThrough<SessionTraits> sessions_;
  ReadThrough<SessionTokenTraits> tokens_;
};

}  // namespace parley::storage::cached
