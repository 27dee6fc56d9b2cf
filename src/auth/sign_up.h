#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "auth/invitations.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/administration.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::auth {

/// An administrator's word of it is read again after this time: another node may have written it.
inline constexpr std::chrono::seconds kRegistrationMaxAge{5};

/// Whether somebody may make an account now, and by which invitation. What an administrator set
/// while the server ran lies in the store and counts before the configuration.
///
/// Await on a shard, any shard; nothing is cancelled. All that it uses must outlive it and its
/// tasks.
class SignUp {
 public:
  SignUp(storage::Store& store, InvitationService& invitations, Clock& clock,
         RegistrationMode configured)
      : store_(store), invitations_(invitations), clock_(clock), configured_(configured) {}

  /// What holds now; a change through this object shows at once, another one's after
  /// kRegistrationMaxAge at most. While the store cannot be read, what was read last.
  runtime::Task<Result<RegistrationMode>> Mode();
  /// Durable, with the entry. kPermissionDenied if the entry's administrator is none.
  runtime::Task<Status> SetMode(RegistrationMode mode, AuditEntry entry);

  /// Whether an account may be made with this token of an invitation, or without: answers the hash
  /// under which it is kept, if one was given. kPermissionDenied where the mode forbids;
  /// kInvalidArgument with `invite` for one that is not good though none is needed.
  runtime::Task<Result<std::optional<TokenHash>>> Admit(std::optional<std::string> invite);

  /// Makes the account that was admitted; the invitation may have been used up meanwhile, which is
  /// refused as Admit does. kConflict if the name is taken. Answers the user as stored.
  runtime::Task<Result<User>> Create(User user, std::string password_hash,
                                     std::optional<TokenHash> invitation);

 private:
  runtime::Task<Status> RefuseInvite();

  storage::Store& store_;
  InvitationService& invitations_;
  Clock& clock_;
  const RegistrationMode configured_;
  std::mutex mutex_;
  std::optional<RegistrationMode> known_;  // guarded by mutex_
  TimePoint read_at_;                      // guarded by mutex_
  std::uint64_t writes_ = 0;               // guarded by mutex_: a read across one is not kept
};

}  // namespace parley::auth
