#include "storage/cached/cached_accounts.h"

#include <algorithm>
#include <utility>

namespace parley::storage::cached {
namespace {

std::optional<AgeLimit> AgesOf(const std::optional<SharedStore>& shared) {
  return shared ? std::optional(shared->ages) : std::nullopt;
}

/// Of what never changes once it is there.
std::optional<AgeLimit> ForEver(const std::optional<SharedStore>& shared) {
  std::optional<AgeLimit> ages = AgesOf(shared);
  if (ages) ages->max_age = std::chrono::years(100);
  return ages;
}

}  // namespace

CachedAccounts::CachedAccounts(AccountStore& inner, const CacheOptions& options,
                               const std::optional<SharedStore>& shared)
    : inner_(inner),
      tell_(shared ? shared->tell : nullptr),
      // Names and tokens are a small part of the rows that they lead to, and never change.
      users_(options.users_bytes / 4 * 3, AgesOf(shared)),
      names_(options.users_bytes / 4, ForEver(shared)),
      sessions_(options.sessions_bytes / 4 * 3, AgesOf(shared)),
      tokens_(options.sessions_bytes / 4, ForEver(shared)) {}

// -- What was written -----------------------------------------------------------------------------

void CachedAccounts::ForgetUser(UserId user) {
  users_.Erase(user);
  if (tell_) tell_({.users = {user}, .sessions = {}});
}

void CachedAccounts::KeepActivity(UserId user, std::optional<TimePoint> at) {
  users_.Change(user, [&](UserPtr* kept) -> std::optional<UserPtr> {
    if (kept == nullptr) return std::nullopt;
    if ((*kept)->last_active_at >= at) return *kept;
    auto active = std::make_shared<User>(**kept);
    active->last_active_at = at;
    return active;
  });
  if (tell_) tell_({.users = {user}, .sessions = {}});
}

void CachedAccounts::ForgetSessions(const std::vector<TokenHash>& tokens) {
  for (const TokenHash& token : tokens) sessions_.Erase(token);
  if (tell_ && !tokens.empty()) tell_({.users = {}, .sessions = tokens});
}

void CachedAccounts::Hear(const CacheNews& news) {
  for (const UserId& user : news.users) users_.Erase(user);
  for (const TokenHash& token : news.sessions) sessions_.Erase(token);
}

void CachedAccounts::Forget() {
  users_.Forget();
  names_.Forget();
  sessions_.Forget();
  tokens_.Forget();
}

// -- Users ----------------------------------------------------------------------------------------

runtime::Task<Status> CachedAccounts::CreateUser(User user, std::string password_hash) {
  const UserId id = user.id;
  const std::string username = user.username;
  const Status created = co_await inner_.CreateUser(std::move(user), std::move(password_hash));
  // Nobody may join a read that found them missing.
  users_.Erase(id);
  names_.Erase(username);
  co_return created;
}

runtime::Task<Result<CachedAccounts::UserPtr>> CachedAccounts::LoadUser(UserId user) {
  PARLEY_CO_ASSIGN(User loaded, co_await inner_.FindUser(user));
  co_return std::make_shared<const User>(std::move(loaded));
}

runtime::Task<Result<User>> CachedAccounts::FindUser(UserId user) {
  PARLEY_CO_ASSIGN(UserPtr found,
                   co_await users_.Get(user, [this, user] { return LoadUser(user); }));
  co_return *found;
}

runtime::Task<Result<std::vector<CachedAccounts::UserPtr>>> CachedAccounts::LoadUsers(
    std::vector<UserId> users) {
  PARLEY_CO_ASSIGN(std::vector<User> loaded, co_await inner_.FindUsers(std::move(users)));
  std::vector<UserPtr> pointers;
  pointers.reserve(loaded.size());
  for (User& user : loaded) pointers.push_back(std::make_shared<const User>(std::move(user)));
  co_return pointers;
}

runtime::Task<Result<std::vector<User>>> CachedAccounts::FindUsers(std::vector<UserId> users) {
  PARLEY_CO_ASSIGN(std::vector<UserPtr> found,
                   co_await users_.GetMany(std::move(users), [this](std::vector<UserId> missing) {
                     return LoadUsers(std::move(missing));
                   }));
  std::vector<User> values;
  values.reserve(found.size());
  for (const UserPtr& user : found) values.push_back(*user);
  co_return values;
}

runtime::Task<Result<UserNameTraits::Loaded>> CachedAccounts::LoadId(std::string username) {
  PARLEY_CO_ASSIGN(User loaded, co_await inner_.FindUserByName(std::move(username)));
  co_return std::make_shared<const UserId>(loaded.id);
}

runtime::Task<Result<User>> CachedAccounts::ReadUser(UserId user) { return inner_.ReadUser(user); }

runtime::Task<Result<User>> CachedAccounts::FindUserByName(std::string username) {
  PARLEY_CO_ASSIGN(auto id,
                   co_await names_.Get(username, [this, username] { return LoadId(username); }));
  co_return co_await FindUser(*id);
}

runtime::Task<Result<User>> CachedAccounts::UpdateUser(UserId user, UserPatch patch) {
  const bool activity_alone = patch.IsActivityAlone();
  Result<User> updated = co_await inner_.UpdateUser(user, std::move(patch));
  if (updated.ok() && activity_alone) {
    KeepActivity(user, updated->last_active_at);
  } else {
    // Dropped, not replaced: of two updates at once the answers may come in either order.
    ForgetUser(user);
  }
  co_return updated;
}

// -- Sessions -------------------------------------------------------------------------------------

runtime::Task<Status> CachedAccounts::CreateSession(Session session) {
  const SessionName name{.user = session.user, .session = session.id};
  const TokenHash token_hash = session.token_hash;
  const Status created = co_await inner_.CreateSession(std::move(session));
  sessions_.Erase(token_hash);
  tokens_.Erase(name);
  co_return created;
}

runtime::Task<Result<SessionTraits::Loaded>> CachedAccounts::LoadSession(TokenHash token_hash) {
  PARLEY_CO_ASSIGN(Session loaded, co_await inner_.FindSession(token_hash));
  co_return std::make_shared<const Session>(std::move(loaded));
}

runtime::Task<Result<Session>> CachedAccounts::FindSession(TokenHash token_hash) {
  PARLEY_CO_ASSIGN(auto found, co_await sessions_.Get(token_hash, [this, token_hash] {
    return LoadSession(token_hash);
  }));
  co_return *found;
}

runtime::Task<Result<SessionTokenTraits::Loaded>> CachedAccounts::LoadToken(SessionName name) {
  PARLEY_CO_ASSIGN(std::vector<Session> sessions, co_await inner_.ListSessions(name.user));
  const auto found = std::ranges::find(sessions, name.session, &Session::id);
  if (found == sessions.end()) co_return NotFound("no such session");
  co_return std::make_shared<const TokenHash>(found->token_hash);
}

runtime::Task<Result<SessionTokenTraits::Loaded>> CachedAccounts::FindToken(SessionName name) {
  return tokens_.Get(name, [this, name] { return LoadToken(name); });
}

runtime::Task<Status> CachedAccounts::DeleteSession(UserId user, SessionId session) {
  // Its token first: afterwards nobody could tell which entry to drop.
  PARLEY_CO_ASSIGN(auto token, co_await FindToken({.user = user, .session = session}));
  const Status deleted = co_await inner_.DeleteSession(user, session);
  ForgetSessions({*token});
  co_return deleted;
}

runtime::Task<Status> CachedAccounts::TouchSession(UserId user, SessionId session, TimePoint at) {
  const auto token = co_await FindToken({.user = user, .session = session});
  if (!token.ok()) {
    const bool gone = token.status().code() == StatusCode::kNotFound;
    co_return gone ? Status::Ok() : token.status();
  }
  PARLEY_CO_TRY(co_await inner_.TouchSession(user, session, at));
  using Value = SessionTraits::Value;
  sessions_.Change(**token, [&](Value* kept) -> std::optional<Value> {
    if (kept == nullptr) return std::nullopt;
    if ((*kept)->last_used_at >= at) return *kept;
    auto touched = std::make_shared<Session>(**kept);
    touched->last_used_at = at;
    return touched;
  });
  co_return Status::Ok();
}

// -- Not kept -------------------------------------------------------------------------------------

runtime::Task<Result<std::vector<User>>> CachedAccounts::SearchUsers(std::string prefix,
                                                                     std::size_t limit,
                                                                     std::string after) {
  return inner_.SearchUsers(std::move(prefix), limit, std::move(after));
}

runtime::Task<Result<std::string>> CachedAccounts::FindPasswordHash(UserId user) {
  return inner_.FindPasswordHash(user);
}

runtime::Task<Status> CachedAccounts::SetPasswordHash(UserId user, std::string password_hash) {
  return inner_.SetPasswordHash(user, std::move(password_hash));
}

runtime::Task<Result<std::vector<Session>>> CachedAccounts::ListSessions(UserId user) {
  return inner_.ListSessions(user);
}

void CachedAccounts::CountInto(CacheStats& stats) const {
  stats.users = users_.counts();
  stats.users.bytes += names_.counts().bytes;
  stats.sessions = sessions_.counts();
  stats.sessions.bytes += tokens_.counts().bytes;
}

}  // namespace parley::storage::cached
