#include "storage/cached/cached_admin.h"

#include <utility>

namespace parley::storage::cached {

runtime::Task<Result<AccountChanged>> CachedAdmin::ChangeAccount(UserId user,
                                                                 AccountChange change) {
  Result<AccountChanged> changed = co_await inner_.ChangeAccount(user, std::move(change));
  accounts_.ForgetUser(user);
  if (changed.ok()) {
    for (const Session& session : changed->ended) accounts_.ForgetSession(session);
  }
  co_return std::move(changed);
}

runtime::Task<Result<User>> CachedAdmin::UseAdminClaim(TokenHash token_hash, UserId user,
                                                       AuditEntry entry) {
  Result<User> admin = co_await inner_.UseAdminClaim(token_hash, user, std::move(entry));
  accounts_.ForgetUser(user);
  co_return std::move(admin);
}

runtime::Task<Result<User>> CachedAdmin::CreateInvitedUser(User user, std::string password_hash,
                                                           TokenHash invitation) {
  const UserId id = user.id;
  const std::string username = user.username;
  Result<User> created =
      co_await inner_.CreateInvitedUser(std::move(user), std::move(password_hash), invitation);
  // Nobody may join a read that found them missing.
  accounts_.ForgetUser(id);
  accounts_.ForgetName(username);
  co_return std::move(created);
}

runtime::Task<Result<AccountChanged>> CachedAdmin::UsePasswordReset(TokenHash token_hash,
                                                                    TimePoint now,
                                                                    std::string password_hash) {
  Result<AccountChanged> changed =
      co_await inner_.UsePasswordReset(token_hash, now, std::move(password_hash));
  if (changed.ok()) {
    for (const Session& session : changed->ended) accounts_.ForgetSession(session);
  }
  co_return std::move(changed);
}

// -- Not kept -------------------------------------------------------------------------------------

runtime::Task<Status> CachedAdmin::CreateAdminClaim(TokenHash token_hash) {
  return inner_.CreateAdminClaim(token_hash);
}

runtime::Task<Status> CachedAdmin::CreateInvitation(Invitation invitation, std::size_t limit) {
  return inner_.CreateInvitation(invitation, limit);
}

runtime::Task<Result<Invitation>> CachedAdmin::FindInvitation(InvitationId id) {
  return inner_.FindInvitation(id);
}

runtime::Task<Result<Invitation>> CachedAdmin::FindInvitationByToken(TokenHash token_hash) {
  return inner_.FindInvitationByToken(token_hash);
}

runtime::Task<Result<std::vector<Invitation>>> CachedAdmin::ListInvitations(UserId user) {
  return inner_.ListInvitations(user);
}

runtime::Task<Status> CachedAdmin::DeleteInvitation(InvitationId id,
                                                    std::optional<AuditEntry> entry) {
  return inner_.DeleteInvitation(id, std::move(entry));
}

runtime::Task<Status> CachedAdmin::CreatePasswordReset(PasswordReset reset, AuditEntry entry) {
  return inner_.CreatePasswordReset(reset, std::move(entry));
}

runtime::Task<Result<PasswordReset>> CachedAdmin::FindPasswordReset(TokenHash token_hash) {
  return inner_.FindPasswordReset(token_hash);
}

runtime::Task<Result<std::optional<std::string>>> CachedAdmin::ReadSetting(std::string name) {
  return inner_.ReadSetting(std::move(name));
}

runtime::Task<Status> CachedAdmin::WriteSetting(std::string name, std::string value,
                                                AuditEntry entry) {
  return inner_.WriteSetting(std::move(name), std::move(value), std::move(entry));
}

runtime::Task<Result<std::vector<AuditEntry>>> CachedAdmin::ListAudit(std::optional<AuditId> before,
                                                                      std::size_t limit) {
  return inner_.ListAudit(before, limit);
}

runtime::Task<Status> CachedAdmin::DropAudit(TimePoint before) { return inner_.DropAudit(before); }

}  // namespace parley::storage::cached
