#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/administration.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/invitation_rows.h"
#include "storage/cassandra/user_names.h"

namespace parley::storage::cassandra {

/// Accounts under way with one invitation, at most.
inline constexpr std::size_t kMakingMax = 100;

/// Accounts that are made with invitations. First a use is reserved, under the new account's id;
/// then the account is made, which is where it is decided; then the use is counted, or given back.
/// What was reserved longer ago than kMakingTime, by a process that is gone, is settled by the next
/// one who looks for the invitation with its token: counted if the account is there, else the
/// account is abandoned, and the use given back. Threads and lifetime as AdminStore.
class InvitationUses {
 public:
  InvitationUses(InvitationRows& invitations, UserNames& names, Clock& clock)
      : invitations_(invitations), names_(names), clock_(clock) {}

  /// AdminStore's.
  runtime::Task<Result<Invitation>> FindInvitationByToken(TokenHash token_hash);
  runtime::Task<Result<User>> CreateInvitedUser(User user, std::string password_hash,
                                                TokenHash invitation);

  // -- The parts of CreateInvitedUser, for tests --------------------------------------------------

  /// kNotFound if the invitation is not good when the account is made.
  runtime::Task<Status> Reserve(InvitationRows::Place place, User user);
  /// Counts what was reserved for the account, or gives it back. OK if that was done already.
  runtime::Task<Status> Conclude(InvitationRows::Place place, UserId user, bool made);

 private:
  runtime::Task<Status> SettleOld(InvitationRows::Place place, InvitationRow row, TimePoint now);

  InvitationRows& invitations_;
  UserNames& names_;
  Clock& clock_;
};

}  // namespace parley::storage::cassandra
