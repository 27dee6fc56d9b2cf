#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/sign_up.h"
#include "base/clock.h"
#include "base/ordered_uuids.h"
#include "base/random.h"
#include "base/result.h"
#include "model/administration.h"
#include "model/live_limits.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::auth {

/// Somebody, as administrators see them.
struct Person {
  User user;
  std::size_t sessions = 0;  ///< devices that are signed in
};

struct PersonPage {
  std::vector<Person> items;
  std::optional<std::string> next;  ///< the username to go on behind; nothing at the end
};

/// What an administrator changes of somebody; fields without a value stay.
struct PersonChange {
  std::optional<bool> disabled;
  std::optional<bool> admin;
};

struct PersonChanged {
  Person person;
  std::vector<SessionId> ended;  ///< whose WebSockets are to be closed
};

/// One line of the audit log, with who did it.
struct AuditItem {
  AuditEntry entry;
  std::optional<User> admin;
};

struct AuditPage {
  std::vector<AuditItem> items;
  std::optional<AuditId> next;  ///< what to go on before; nothing at the end
};

/// What administrators do, and how somebody becomes one. Each change is in the audit log, durably,
/// when it is answered; `admin` is who does it, checked where the change is written:
/// kPermissionDenied if they are none.
///
/// Await on a shard, any shard; nothing is cancelled. All that it uses must outlive it and its
/// tasks.
class Administration {
 public:
  Administration(storage::Store& store, SignUp& sign_up, Clock& clock, Random& random,
                 LiveLimits limits)
      : store_(store),
        sign_up_(sign_up),
        clock_(clock),
        random_(random),
        limits_(std::move(limits)) {}

  // -- Becoming an administrator ------------------------------------------------------------------

  /// Call at each start. The first time in the life of the store it answers the one-time token of
  /// the administrator link; ever after nothing. (If the program dies in between, `parleyd admin
  /// grant` remains.)
  runtime::Task<Result<std::optional<std::string>>> EnsureClaim();
  /// Makes `user` an administrator, once per token. kPermissionDenied if the token is wrong or
  /// used.
  runtime::Task<Result<User>> Claim(UserId user, std::string token);
  /// Makes the person of that name an administrator, from the command line; kNotFound.
  runtime::Task<Result<User>> Grant(std::string username);
  /// kPermissionDenied unless they are an administrator now.
  runtime::Task<Status> Require(UserId user);

  // -- People -------------------------------------------------------------------------------------

  /// By username, at most `limit`, from behind the username `after` on: whose username, display
  /// name or a word of it begins with `query`; with an empty one everybody.
  runtime::Task<Result<PersonPage>> ListPeople(std::string query, std::string after,
                                               std::size_t limit);
  /// kNotFound; so below.
  runtime::Task<Result<Person>> GetPerson(UserId id);
  /// kConflict where somebody would disable or demote themself. What changes nothing leaves no line
  /// in the log.
  runtime::Task<Result<PersonChanged>> ChangePerson(UserId admin, UserId id, PersonChange change);
  /// Signs them out everywhere.
  runtime::Task<Result<std::vector<SessionId>>> SignOut(UserId admin, UserId id);

  // -- Settings, audit log ------------------------------------------------------------------------

  runtime::Task<Status> SetRegistration(UserId admin, RegistrationMode mode);

  /// Newest first, at most `limit`, those before `before` (or the newest).
  runtime::Task<Result<AuditPage>> ListAudit(std::optional<AuditId> before, std::size_t limit);
  /// Forgets what is older than `days`.
  runtime::Task<Status> DropOldAudit(std::chrono::days days);

 private:
  runtime::Task<Result<Person>> ToPerson(User user);
  AuditEntry Entry(std::optional<UserId> admin, AuditAction action, std::optional<UserId> target,
                   std::vector<AuditDetail> detail = {});

  storage::Store& store_;
  SignUp& sign_up_;
  Clock& clock_;
  Random& random_;
  OrderedUuids ids_{random_};
  const LiveLimits limits_;
};

}  // namespace parley::auth
