#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/guess_guard.h"
#include "auth/invitations.h"
#include "auth/password_hasher.h"
#include "auth/sign_up.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "limits/client_address.h"
#include "model/live_limits.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/account_store.h"

namespace parley::auth {

/// How people find each other (setting people.search).
enum class SearchMode : std::uint8_t {
  kPrefix,  ///< by the start of username or display name
  kExact,   ///< by the whole username alone
  kOff,     ///< not at all: every search is empty
};

struct AccountPolicy {
  RegistrationMode registration = RegistrationMode::kOpen;
  SearchMode search = SearchMode::kPrefix;
  InvitationMode invitations = InvitationMode::kEveryone;
};

/// A session's last_used_at is moved at most this often. It makes a session live up to this much
/// shorter than 90 days from its last use, and saves a write per request.
inline constexpr std::chrono::hours kTouchInterval{1};
/// last_active_at is moved at most this often while a person does something.
inline constexpr std::chrono::minutes kActivityInterval{5};
/// It is moved at most this often when their last connection ends: they may come and go quickly.
inline constexpr std::chrono::seconds kLastActivityInterval{10};
inline constexpr std::size_t kSearchMinChars = 2;
inline constexpr std::size_t kSearchMaxResults = 20;
inline constexpr std::size_t kUsersPerRequest = 100;

/// Who makes a request.
struct Caller {
  UserId user;
  SessionId session;
  TokenHash token{};  ///< of the token that they came with

  bool operator==(const Caller&) const = default;
};

/// What a person gives to make an account.
struct Registration {
  std::string username;
  std::string password;
  std::optional<std::string> display_name;  ///< else the username as typed
  std::optional<std::string> email;
  std::optional<std::string> invite;
  std::string device_name;
  limits::ClientAddress address{};
};

struct Credentials {
  std::string username;
  std::string password;
  std::string device_name;
  limits::ClientAddress address{};
};

/// The answer to a registration or login; the only time that the token is known.
struct SignedIn {
  User user;
  Session session;
  std::string token;
  /// Sessions that ended for it: expired ones, and the least recently used where there were too
  /// many (limits.sessions_per_person). Their WebSockets are to be closed.
  std::vector<SessionId> ended;
};

/// What people may change of themselves; fields without a value stay.
struct ProfileChange {
  std::optional<std::string> display_name;
};

/// What moves last_active_at.
enum class ActivityNote : std::uint8_t {
  kNow,   ///< they do something: at most once in kActivityInterval
  kLast,  ///< their last connection ended: at most once in kLastActivityInterval
};

/// Accounts, passwords and sessions: all their rules, over a store. Await on a shard, any shard;
/// nothing is cancelled. All that it uses must outlive it and its tasks. Without `guesses`
/// passwords may be tried without end; without `sign_up` the policy alone says who may make an
/// account, and there are no invitations.
///
/// What looks at a password may be refused with kRateLimited, wait for some seconds, or answer
/// kUnavailable where too many are looked at already (guess_guard.h).
///
/// Text is valid UTF-8 (the edge has checked it). Wrong form is kInvalidArgument with the field.
class AccountService {
 public:
  AccountService(storage::AccountStore& store, PasswordHasher& hasher, Clock& clock, Random& random,
                 AccountPolicy policy, LiveLimits limits, GuessGuard* guesses = nullptr,
                 SignUp* sign_up = nullptr);

  /// Makes the account and signs it in. kPermissionDenied where registration forbids, kConflict if
  /// the name is taken; about invitations see SignUp::Admit.
  runtime::Task<Result<SignedIn>> Register(Registration registration);

  /// kUnauthenticated for a wrong name or password, alike in words and in time; kPermissionDenied
  /// for the right ones of somebody who is disabled.
  runtime::Task<Result<SignedIn>> Login(Credentials credentials);

  /// Whose token that is. kUnauthenticated if it is malformed, unknown, revoked, or was not used
  /// for 90 days. A use moves last_used_at, at most once in kTouchInterval.
  runtime::Task<Result<Caller>> Authenticate(std::string token);
  /// Whether the session goes on: kUnauthenticated once it was ended. For connections that outlive
  /// the look at their token.
  runtime::Task<Status> Recheck(Caller caller);

  /// Those that live, oldest first.
  runtime::Task<Result<std::vector<Session>>> ListSessions(UserId user);

  // Each of these answers the sessions that ended, so that their WebSockets can be closed. They are
  // gone from the store by then.

  /// kNotFound if the caller has no such session.
  runtime::Task<Result<std::vector<SessionId>>> SignOut(UserId user, SessionId session);
  /// Every session of the caller but the current one.
  runtime::Task<Result<std::vector<SessionId>>> SignOutOthers(Caller caller);
  /// kPermissionDenied if `old_password` is wrong. Signs out every other session.
  runtime::Task<Result<std::vector<SessionId>>> ChangePassword(Caller caller,
                                                               std::string old_password,
                                                               std::string new_password,
                                                               limits::ClientAddress address = {});

  runtime::Task<Result<User>> UpdateMe(UserId user, ProfileChange change);
  /// kNotFound; also for oneself ("me").
  runtime::Task<Result<User>> GetUser(UserId user);
  /// Those that exist, in the order asked for; at most kUsersPerRequest, else kInvalidArgument.
  runtime::Task<Result<std::vector<User>>> GetUsers(std::vector<UserId> users);
  /// The person is active now; not fsynced. kNotFound.
  runtime::Task<Status> NoteActive(UserId user, ActivityNote note);
  /// As the policy allows, at most kSearchMaxResults, whoever has exactly this username first, and
  /// nobody who is disabled;
  /// fewer than kSearchMinChars characters: kInvalidArgument.
  runtime::Task<Result<std::vector<User>>> Search(std::string query);

 private:
  runtime::Task<Result<GuessGuard::Try>> EnterGuess(std::string username,
                                                    limits::ClientAddress address);
  /// What SignUp says, or without it the policy.
  runtime::Task<Result<std::optional<TokenHash>>> Admit(std::optional<std::string> invite);
  runtime::Task<Result<User>> CreateUser(User user, std::string password_hash,
                                         std::optional<TokenHash> invitation);
  runtime::Task<Result<SignedIn>> CreateAccount(User user, std::string password,
                                                std::string device_name,
                                                std::optional<TokenHash> invitation);
  runtime::Task<Result<SignedIn>> CheckLogin(Credentials credentials);
  runtime::Task<Result<SignedIn>> SignIn(User user, std::string device_name);
  /// Ends those that are too many beside `current`, and those that have expired.
  runtime::Task<Result<std::vector<SessionId>>> EndSurplus(UserId user, SessionId current);
  runtime::Task<Status> ReplacePassword(UserId user, std::string old_password,
                                        std::string new_password);
  /// The user's password hash if `password` is theirs, else nothing.
  runtime::Task<Result<std::optional<std::string>>> CheckPassword(UserId user,
                                                                  std::string password);
  /// The person of that name, or nobody.
  runtime::Task<Result<std::vector<User>>> FindExact(std::string name);
  runtime::Task<Status> Rehash(UserId user, std::string password, std::string old_hash);

  storage::AccountStore& store_;
  PasswordHasher& hasher_;
  Clock& clock_;
  Random& random_;
  const AccountPolicy policy_;
  const LiveLimits limits_;
  GuessGuard* const guesses_;
  SignUp* const sign_up_;
};

}  // namespace parley::auth
