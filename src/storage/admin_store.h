#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/administration.h"
#include "model/user.h"
#include "runtime/task.h"

namespace parley::storage {

enum class SessionsAfter { kKept, kEnded };

/// What an administrator changes of an account; fields without a value stay.
struct AccountChange {
  std::optional<bool> admin;
  std::optional<bool> disabled;
  SessionsAfter sessions = SessionsAfter::kKept;
  std::vector<AuditEntry> audit;
};

struct AccountChanged {
  User user;
  std::vector<Session> ended;  ///< sessions that are gone now, in any order
};

/// What is kept of administration: invitations, links for new passwords, settings that are changed
/// while the server runs, and the audit log. A change is written together with the audit entries
/// that come with it, all or nothing, and durable when answered. Where an entry names an
/// administrator who is none (any more), or is disabled, nothing is written: kPermissionDenied. So
/// two administrators cannot unmake each other at once.
///
/// Await on a shard; nothing is cancelled; each call ends in bounded time.
class AdminStore {
 public:
  virtual ~AdminStore() = default;

  // -- People -------------------------------------------------------------------------------------

  /// kNotFound where there is no such user.
  virtual runtime::Task<Result<AccountChanged>> ChangeAccount(UserId user,
                                                              AccountChange change) = 0;

  /// One-time tokens that make an administrator.
  virtual runtime::Task<Status> CreateAdminClaim(TokenHash token_hash) = 0;
  /// Takes the token away and makes `user` an administrator; the entry's admin is not checked.
  /// kNotFound, and nothing changed, if there is no such token (any more) or user. One caller wins.
  virtual runtime::Task<Result<User>> UseAdminClaim(TokenHash token_hash, UserId user,
                                                    AuditEntry entry) = 0;

  // -- Invitations --------------------------------------------------------------------------------

  /// Those of the same person that expired before invitation.created_at are forgotten. kConflict if
  /// `limit` of the others are good.
  virtual runtime::Task<Status> CreateInvitation(Invitation invitation, std::size_t limit) = 0;
  /// kNotFound where there is none; so below.
  virtual runtime::Task<Result<Invitation>> FindInvitation(InvitationId id) = 0;
  virtual runtime::Task<Result<Invitation>> FindInvitationByToken(TokenHash token_hash) = 0;
  /// Those of a person, by id, newest first.
  virtual runtime::Task<Result<std::vector<Invitation>>> ListInvitations(UserId user) = 0;
  virtual runtime::Task<Status> DeleteInvitation(InvitationId id,
                                                 std::optional<AuditEntry> entry) = 0;
  /// Makes the account, with invited_by, and uses the invitation once: both or neither. kConflict
  /// if the username is taken; kNotFound if the invitation is not good at user.created_at.
  virtual runtime::Task<Result<User>> CreateInvitedUser(User user, std::string password_hash,
                                                        TokenHash invitation) = 0;

  // -- New passwords ------------------------------------------------------------------------------

  /// Ends the one that the person had. kNotFound where there is no such user.
  virtual runtime::Task<Status> CreatePasswordReset(PasswordReset reset, AuditEntry entry) = 0;
  virtual runtime::Task<Result<PasswordReset>> FindPasswordReset(TokenHash token_hash) = 0;
  /// Takes it away, sets the password and ends every session. kNotFound if there is none (any
  /// more), or it expired before `now`. One caller wins.
  virtual runtime::Task<Result<AccountChanged>> UsePasswordReset(TokenHash token_hash,
                                                                 TimePoint now,
                                                                 std::string password_hash) = 0;

  // -- Settings, audit log ------------------------------------------------------------------------

  /// Nothing where it was never written.
  virtual runtime::Task<Result<std::optional<std::string>>> ReadSetting(std::string name) = 0;
  virtual runtime::Task<Status> WriteSetting(std::string name, std::string value,
                                             AuditEntry entry) = 0;

  /// Newest first, those before `before` (or the newest); at most `limit`.
  virtual runtime::Task<Result<std::vector<AuditEntry>>> ListAudit(std::optional<AuditId> before,
                                                                   std::size_t limit) = 0;
  /// Forgets what was done before that time; need not be fsynced.
  virtual runtime::Task<Status> DropAudit(TimePoint before) = 0;
};

}  // namespace parley::storage
