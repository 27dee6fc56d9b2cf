#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/user.h"
#include "runtime/task.h"

namespace parley::storage {

/// What to change of a user; fields without a value stay.
struct UserPatch {
  std::optional<std::string> display_name;
  std::optional<MediaId> avatar;
  std::optional<bool> admin;
  std::optional<TimePoint> last_active_at;

  /// Nothing that others see changes, but when they were last active.
  bool IsActivityAlone() const { return !display_name && !avatar && !admin; }
};

/// Where people, their passwords and their sessions are kept. All writes are durable when answered,
/// unless said otherwise. Await on a shard; nothing is cancelled; each call ends in bounded time.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  /// kConflict if the username is taken. All or nothing.
  virtual runtime::Task<Status> CreateUser(User user, std::string password_hash) = 0;
  /// kNotFound where there is none; so below.
  virtual runtime::Task<Result<User>> FindUser(UserId user) = 0;
  /// The same, past all caches: where what the person may do is decided or changed.
  virtual runtime::Task<Result<User>> ReadUser(UserId user) { return FindUser(user); }
  /// Those that exist, in the order asked for.
  virtual runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) = 0;
  /// `username` in lower case.
  virtual runtime::Task<Result<User>> FindUserByName(std::string username) = 0;
  /// Atomic per user. Answers the user as changed. A patch of last_active_at alone need not be
  /// fsynced.
  virtual runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) = 0;
  /// Users whose username, display name or a word of it starts with `prefix` (ASCII letters compare
  /// without case), by username, those behind the username `after`; at most `limit`. An empty
  /// prefix finds everybody; another one may look at the first 20,000 matches alone.
  virtual runtime::Task<Result<std::vector<User>>> SearchUsers(std::string prefix,
                                                               std::size_t limit,
                                                               std::string after) = 0;

  virtual runtime::Task<Result<std::string>> FindPasswordHash(UserId user) = 0;
  virtual runtime::Task<Status> SetPasswordHash(UserId user, std::string password_hash) = 0;

  /// kPermissionDenied for who is disabled: disabling and signing in at once leaves no session.
  virtual runtime::Task<Status> CreateSession(Session session) = 0;
  virtual runtime::Task<Result<Session>> FindSession(TokenHash token_hash) = 0;
  /// By creation, oldest first.
  virtual runtime::Task<Result<std::vector<Session>>> ListSessions(UserId user) = 0;
  /// kNotFound if the user has no such session.
  virtual runtime::Task<Status> DeleteSession(UserId user, SessionId session) = 0;
  /// Moves last_used_at forward; not fsynced. OK if the session is gone by now: it is not brought
  /// back.
  virtual runtime::Task<Status> TouchSession(UserId user, SessionId session, TimePoint at) = 0;
};

}  // namespace parley::storage
