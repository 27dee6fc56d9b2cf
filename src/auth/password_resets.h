#pragma once

#include <chrono>
#include <string>

#include "auth/guess_guard.h"
#include "auth/password_hasher.h"
#include "base/clock.h"
#include "base/ordered_uuids.h"
#include "base/random.h"
#include "base/result.h"
#include "limits/client_address.h"
#include "model/administration.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::auth {

inline constexpr std::chrono::hours kPasswordResetLife{24};

/// The answer to making one; the only time that the token is known.
struct NewPasswordReset {
  std::string token;
  TimePoint expires_at;
};

/// Links with which people who forgot their password set a new one: an administrator makes one and
/// hands it over. Await on a shard, any shard; nothing is cancelled. All that it uses must outlive
/// it and its tasks.
class PasswordResets {
 public:
  /// Without `guesses` one address may have any number of passwords hashed at once.
  PasswordResets(storage::Store& store, PasswordHasher& hasher, Clock& clock, Random& random,
                 GuessGuard* guesses = nullptr)
      : store_(store), hasher_(hasher), clock_(clock), random_(random), guesses_(guesses) {}

  /// Ends the one that `person` had. kNotFound; kPermissionDenied if `admin` is none.
  runtime::Task<Result<NewPasswordReset>> Create(UserId admin, UserId person);

  /// Sets the password, once, and ends every session of the person: answers who and which.
  /// kNotFound for a token that is none, unknown, used or too old.
  runtime::Task<Result<storage::AccountChanged>> Use(std::string token, std::string password,
                                                     limits::ClientAddress address = {});

 private:
  runtime::Task<Result<storage::AccountChanged>> Replace(TokenHash token_hash,
                                                         std::string password);

  storage::Store& store_;
  PasswordHasher& hasher_;
  Clock& clock_;
  Random& random_;
  OrderedUuids ids_{random_};
  GuessGuard* const guesses_;
};

}  // namespace parley::auth
