#include "auth/accounts.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/core.h>

#include "auth/token.h"
#include "base/uuid.h"
#include "model/validate.h"

namespace parley::auth {
namespace {

using runtime::Task;

/// A search reads so many pages at most for people who are not disabled.
constexpr int kSearchPages = 5;

Status WrongCredentials() { return Unauthenticated("username or password is wrong"); }
Status IsDisabled() { return PermissionDenied("this account is disabled: ask an administrator"); }
Status NotSignedIn() { return Unauthenticated("sign in again: this session has ended"); }

Status CheckRegistrationAllowed(RegistrationMode mode) {
  switch (mode) {
    case RegistrationMode::kOpen:
      return Status::Ok();
    case RegistrationMode::kInvitation:
      return PermissionDenied("an account on this server needs a valid invitation");
    case RegistrationMode::kClosed:
      return PermissionDenied("this server takes no new accounts");
  }
  return Internal("unknown registration mode");
}

bool IsExpired(const Session& session, TimePoint now) {
  return now - session.last_used_at > kSessionLifetime;
}

}  // namespace

AccountService::AccountService(storage::AccountStore& store, PasswordHasher& hasher, Clock& clock,
                               Random& random, AccountPolicy policy, LiveLimits limits,
                               GuessGuard* guesses, SignUp* sign_up)
    : store_(store),
      hasher_(hasher),
      clock_(clock),
      random_(random),
      policy_(policy),
      limits_(std::move(limits)),
      guesses_(guesses),
      sign_up_(sign_up) {}

Task<Result<GuessGuard::Try>> AccountService::EnterGuess(std::string username,
                                                         limits::ClientAddress address) {
  if (guesses_ == nullptr) co_return GuessGuard::Try();
  co_return co_await guesses_->Enter(std::move(username), address);
}

Task<Result<std::optional<TokenHash>>> AccountService::Admit(std::optional<std::string> invite) {
  if (sign_up_ != nullptr) co_return co_await sign_up_->Admit(std::move(invite));
  PARLEY_CO_TRY(CheckRegistrationAllowed(policy_.registration));
  co_return std::optional<TokenHash>();
}

Task<Result<User>> AccountService::CreateUser(User user, std::string password_hash,
                                              std::optional<TokenHash> invitation) {
  if (sign_up_ != nullptr) {
    co_return co_await sign_up_->Create(std::move(user), std::move(password_hash), invitation);
  }
  PARLEY_CO_TRY(co_await store_.CreateUser(user, std::move(password_hash)));
  co_return std::move(user);
}

Task<Result<SignedIn>> AccountService::Register(Registration registration) {
  PARLEY_CO_ASSIGN(const std::optional<TokenHash> invitation,
                   co_await Admit(std::move(registration.invite)));
  PARLEY_CO_ASSIGN(std::string username, ValidateUsername(registration.username));
  PARLEY_CO_TRY(ValidatePassword(registration.password));
  PARLEY_CO_ASSIGN(std::string display_name,
                   ValidateDisplayName(registration.display_name.value_or(registration.username),
                                       limits_.Get()));
  if (registration.email) PARLEY_CO_TRY(ValidateEmail(*registration.email));
  PARLEY_CO_TRY(ValidateDeviceName(registration.device_name));

  const TimePoint now = clock_.Now();
  User user;
  user.id = UserId(Uuid::Version7(now, random_));
  user.username = std::move(username);
  user.display_name = std::move(display_name);
  user.email = std::move(registration.email);
  user.created_at = now;

  GuessGuard::Try attempt;
  if (guesses_ != nullptr) {
    PARLEY_CO_ASSIGN(attempt, co_await guesses_->EnterNew(user.username, registration.address));
  }
  Result<SignedIn> signed_in =
      co_await CreateAccount(std::move(user), std::move(registration.password),
                             std::move(registration.device_name), invitation);
  attempt.Settle(signed_in.status(), StatusCode::kConflict);
  co_return std::move(signed_in);
}

Task<Result<SignedIn>> AccountService::CreateAccount(User user, std::string password,
                                                     std::string device_name,
                                                     std::optional<TokenHash> invitation) {
  PARLEY_CO_ASSIGN(std::string hash, co_await hasher_.Hash(std::move(password)));
  Result<User> created = co_await CreateUser(std::move(user), std::move(hash), invitation);
  if (created.status().code() == StatusCode::kConflict) {
    co_return Conflict("the username is taken").WithField("username", "is taken");
  }
  PARLEY_CO_TRY(created.status());
  co_return co_await SignIn(*std::move(created), std::move(device_name));
}

Task<Result<SignedIn>> AccountService::Login(Credentials credentials) {
  PARLEY_CO_TRY(ValidateDeviceName(credentials.device_name));
  PARLEY_CO_ASSIGN(GuessGuard::Try attempt,
                   co_await EnterGuess(credentials.username, credentials.address));
  Result<SignedIn> signed_in = co_await CheckLogin(std::move(credentials));
  attempt.Settle(signed_in.status(), StatusCode::kUnauthenticated);
  co_return std::move(signed_in);
}

Task<Result<SignedIn>> AccountService::CheckLogin(Credentials credentials) {
  const Result<std::string> username = ValidateUsername(credentials.username);
  Result<User> user = NotFound("no such name");
  if (username.ok()) user = co_await store_.FindUserByName(*username);
  if (user.status().code() == StatusCode::kNotFound) {
    PARLEY_CO_TRY((co_await hasher_.VerifyNobody(std::move(credentials.password))).status());
    co_return WrongCredentials();
  }
  PARLEY_CO_TRY(user.status());

  const UserId id = user->id;
  PARLEY_CO_ASSIGN(std::optional<std::string> hash,
                   co_await CheckPassword(id, credentials.password));
  if (!hash) co_return WrongCredentials();
  if (user->disabled) co_return IsDisabled();
  PARLEY_CO_ASSIGN(SignedIn signed_in,
                   co_await SignIn(*std::move(user), std::move(credentials.device_name)));

  // A change of the password ends the sessions that it finds. One that ran meanwhile may not have
  // found ours.
  PARLEY_CO_ASSIGN(std::string hash_now, co_await store_.FindPasswordHash(id));
  if (hash_now != *hash) {
    PARLEY_CO_TRY(co_await store_.DeleteSession(id, signed_in.session.id));
    co_return WrongCredentials();
  }
  if (hasher_.NeedsRehash(*hash)) {
    IgnoreStatus(co_await Rehash(id, std::move(credentials.password), *std::move(hash)),
                 "the old hash still serves; the next login tries again");
  }
  co_return std::move(signed_in);
}

Task<Result<SignedIn>> AccountService::SignIn(User user, std::string device_name) {
  NewToken token = MakeToken(TokenKind::kSession, random_);
  Session session;
  session.created_at = session.last_used_at = clock_.Now();
  session.id = SessionId(Uuid::Version7(session.created_at, random_));
  session.user = user.id;
  session.token_hash = token.hash;
  session.device_name = std::move(device_name);
  const Status created = co_await store_.CreateSession(session);
  if (created.code() == StatusCode::kPermissionDenied) co_return IsDisabled();
  PARLEY_CO_TRY(created);
  PARLEY_CO_ASSIGN(std::vector<SessionId> ended, co_await EndSurplus(user.id, session.id));
  co_return SignedIn{std::move(user), std::move(session), std::move(token.text), std::move(ended)};
}

Task<Result<std::vector<SessionId>>> AccountService::EndSurplus(UserId user, SessionId current) {
  PARLEY_CO_ASSIGN(std::vector<Session> sessions, co_await store_.ListSessions(user));
  std::erase_if(sessions, [&](const Session& session) { return session.id == current; });
  std::ranges::sort(sessions, std::ranges::greater(), [](const Session& session) {
    return std::pair(session.last_used_at, session.id);
  });
  const TimePoint now = clock_.Now();
  const std::size_t most = limits_.Get().sessions_per_person;
  std::vector<SessionId> ended;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (i + 1 < most && !IsExpired(sessions[i], now)) continue;
    const Status deleted = co_await store_.DeleteSession(user, sessions[i].id);
    // One that somebody else ended at the same time is told of all the same.
    if (deleted.code() != StatusCode::kNotFound) PARLEY_CO_TRY(deleted);
    ended.push_back(sessions[i].id);
  }
  co_return std::move(ended);
}

Task<Result<std::optional<std::string>>> AccountService::CheckPassword(UserId user,
                                                                       std::string password) {
  PARLEY_CO_ASSIGN(std::string hash, co_await store_.FindPasswordHash(user));
  PARLEY_CO_ASSIGN(const bool matches, co_await hasher_.Verify(std::move(password), hash));
  if (!matches) co_return std::optional<std::string>();
  co_return std::optional(std::move(hash));
}

Task<Status> AccountService::Rehash(UserId user, std::string password, std::string old_hash) {
  PARLEY_CO_ASSIGN(std::string new_hash, co_await hasher_.Hash(std::move(password)));
  PARLEY_CO_ASSIGN(std::string current, co_await store_.FindPasswordHash(user));
  if (current != old_hash) co_return Status::Ok();  // changed meanwhile: that password counts
  co_return co_await store_.SetPasswordHash(user, std::move(new_hash));
}

Task<Result<Caller>> AccountService::Authenticate(std::string token) {
  const std::optional<TokenHash> hash = ParseToken(TokenKind::kSession, token);
  if (!hash) co_return Unauthenticated("the token is not valid");
  Result<Session> session = co_await store_.FindSession(*hash);
  if (session.status().code() == StatusCode::kNotFound) co_return NotSignedIn();
  PARLEY_CO_TRY(session.status());

  const TimePoint now = clock_.Now();
  if (IsExpired(*session, now)) {
    IgnoreStatus(co_await store_.DeleteSession(session->user, session->id),
                 "whoever meets it next tries again");
    co_return NotSignedIn();
  }
  if (now - session->last_used_at >= kTouchInterval) {
    IgnoreStatus(co_await store_.TouchSession(session->user, session->id, now),
                 "the next use tries again");
  }
  co_return Caller{session->user, session->id, *hash};
}

Task<Status> AccountService::Recheck(Caller caller) {
  const Status found = (co_await store_.FindSession(caller.token)).status();
  if (found.code() == StatusCode::kNotFound) co_return NotSignedIn();
  co_return found;
}

Task<Result<std::vector<Session>>> AccountService::ListSessions(UserId user) {
  PARLEY_CO_ASSIGN(std::vector<Session> sessions, co_await store_.ListSessions(user));
  const TimePoint now = clock_.Now();
  std::vector<Session> alive;
  alive.reserve(sessions.size());
  for (Session& session : sessions) {
    if (!IsExpired(session, now)) {
      alive.push_back(std::move(session));
      continue;
    }
    IgnoreStatus(co_await store_.DeleteSession(user, session.id),
                 "whoever meets it next tries again");
  }
  co_return std::move(alive);
}

Task<Result<std::vector<SessionId>>> AccountService::SignOut(UserId user, SessionId session) {
  PARLEY_CO_TRY(co_await store_.DeleteSession(user, session));
  co_return std::vector<SessionId>{session};
}

Task<Result<std::vector<SessionId>>> AccountService::SignOutOthers(Caller caller) {
  PARLEY_CO_ASSIGN(std::vector<Session> sessions, co_await store_.ListSessions(caller.user));
  std::vector<SessionId> ended;
  ended.reserve(sessions.size());
  for (const Session& session : sessions) {
    if (session.id == caller.session) continue;
    const Status deleted = co_await store_.DeleteSession(caller.user, session.id);
    // One that somebody else ended at the same time is told of all the same.
    if (deleted.code() != StatusCode::kNotFound) PARLEY_CO_TRY(deleted);
    ended.push_back(session.id);
  }
  co_return std::move(ended);
}

Task<Result<std::vector<SessionId>>> AccountService::ChangePassword(Caller caller,
                                                                    std::string old_password,
                                                                    std::string new_password,
                                                                    limits::ClientAddress address) {
  PARLEY_CO_TRY(ValidatePassword(new_password, "new"));
  // Whoever found an open session must not find the password with it either.
  PARLEY_CO_ASSIGN(const User user, co_await GetUser(caller.user));
  PARLEY_CO_ASSIGN(GuessGuard::Try attempt, co_await EnterGuess(user.username, address));
  const Status replaced =
      co_await ReplacePassword(caller.user, std::move(old_password), std::move(new_password));
  attempt.Settle(replaced, StatusCode::kPermissionDenied);
  PARLEY_CO_TRY(replaced);
  co_return co_await SignOutOthers(caller);
}

Task<Status> AccountService::ReplacePassword(UserId user, std::string old_password,
                                             std::string new_password) {
  PARLEY_CO_ASSIGN(const std::optional<std::string> hash,
                   co_await CheckPassword(user, std::move(old_password)));
  if (!hash) co_return PermissionDenied("the old password is wrong");
  PARLEY_CO_ASSIGN(std::string new_hash, co_await hasher_.Hash(std::move(new_password)));
  co_return co_await store_.SetPasswordHash(user, std::move(new_hash));
}

Task<Result<User>> AccountService::UpdateMe(UserId user, ProfileChange change) {
  if (!change.display_name) co_return co_await GetUser(user);
  storage::UserPatch patch;
  PARLEY_CO_ASSIGN(patch.display_name, ValidateDisplayName(*change.display_name, limits_.Get()));
  co_return co_await store_.UpdateUser(user, std::move(patch));
}

Task<Result<User>> AccountService::GetUser(UserId user) {
  Result<User> found = co_await store_.FindUser(user);
  if (found.status().code() == StatusCode::kNotFound) co_return NotFound("there is no such person");
  co_return std::move(found);
}

Task<Result<std::vector<User>>> AccountService::GetUsers(std::vector<UserId> users) {
  if (users.size() > kUsersPerRequest) {
    co_return InvalidField("ids", fmt::format("are more than {}", kUsersPerRequest));
  }
  co_return co_await store_.FindUsers(std::move(users));
}

Task<Status> AccountService::NoteActive(UserId user, ActivityNote note) {
  PARLEY_CO_ASSIGN(const User before, co_await GetUser(user));
  const TimePoint now = clock_.Now();
  const std::optional<TimePoint>& last = before.last_active_at;
  const std::chrono::milliseconds interval = note == ActivityNote::kNow
                                                 ? std::chrono::milliseconds(kActivityInterval)
                                                 : std::chrono::milliseconds(kLastActivityInterval);
  if (last && now - *last < interval) co_return Status::Ok();
  storage::UserPatch patch;
  patch.last_active_at = now;
  co_return (co_await store_.UpdateUser(user, std::move(patch))).status();
}

Task<Result<std::vector<User>>> AccountService::Search(std::string query) {
  const std::size_t chars = CountChars(query);
  const std::size_t most = limits_.Get().display_name_chars;
  if (chars < kSearchMinChars || chars > most) {
    co_return InvalidField("query",
                           fmt::format("must have {} to {} characters", kSearchMinChars, most));
  }
  if (policy_.search == SearchMode::kOff) co_return std::vector<User>();
  // Whoever has exactly this name comes first, however many others it begins.
  PARLEY_CO_ASSIGN(std::vector<User> found, co_await FindExact(query));
  if (policy_.search == SearchMode::kExact) co_return found;
  const UserId exact = found.empty() ? UserId() : found.front().id;
  std::string after;
  for (int page = 0; page < kSearchPages && found.size() < kSearchMaxResults; ++page) {
    PARLEY_CO_ASSIGN(std::vector<User> prefixed,
                     co_await store_.SearchUsers(query, kSearchMaxResults, after));
    for (User& user : prefixed) {
      after = user.username;
      if (user.id == exact || user.disabled || found.size() == kSearchMaxResults) continue;
      found.push_back(std::move(user));
    }
    if (prefixed.size() < kSearchMaxResults) break;
  }
  co_return found;
}

Task<Result<std::vector<User>>> AccountService::FindExact(std::string name) {
  const Result<std::string> username = ValidateUsername(name);
  if (!username.ok()) co_return std::vector<User>();
  Result<User> user = co_await store_.FindUserByName(*username);
  if (user.ok() && user->disabled) co_return std::vector<User>();
  if (user.ok()) co_return std::vector<User>{*std::move(user)};
  if (user.status().code() == StatusCode::kNotFound) co_return std::vector<User>();
  co_return user.status();
}

}  // namespace parley::auth
