#include "storage/rocks/admin.h"

#include <utility>

namespace parley::storage::rocks {

runtime::Task<Result<AccountChanged>> RocksAdminStore::ChangeAccount(UserId user,
                                                                     AccountChange change) {
  return pool_.Run(
      [this, user, change = std::move(change)] { return rows_.ChangeAccount(user, change); });
}

runtime::Task<Status> RocksAdminStore::CreateAdminClaim(TokenHash token_hash) {
  return pool_.Run([this, token_hash] { return rows_.CreateAdminClaim(token_hash); });
}

runtime::Task<Result<User>> RocksAdminStore::UseAdminClaim(TokenHash token_hash, UserId user,
                                                           AuditEntry entry) {
  return pool_.Run([this, token_hash, user, entry = std::move(entry)] {
    return rows_.UseAdminClaim(token_hash, user, entry);
  });
}

runtime::Task<Status> RocksAdminStore::CreateInvitation(Invitation invitation, std::size_t limit) {
  return pool_.Run([this, invitation, limit] { return rows_.CreateInvitation(invitation, limit); });
}

runtime::Task<Result<Invitation>> RocksAdminStore::FindInvitation(InvitationId id) {
  return pool_.Run([this, id] { return rows_.FindInvitation(id); });
}

runtime::Task<Result<Invitation>> RocksAdminStore::FindInvitationByToken(TokenHash token_hash) {
  return pool_.Run([this, token_hash] { return rows_.FindInvitationByToken(token_hash); });
}

runtime::Task<Result<std::vector<Invitation>>> RocksAdminStore::ListInvitations(UserId user) {
  return pool_.Run([this, user] { return rows_.ListInvitations(user); });
}

runtime::Task<Status> RocksAdminStore::DeleteInvitation(InvitationId id,
                                                        std::optional<AuditEntry> entry) {
  return pool_.Run(
      [this, id, entry = std::move(entry)] { return rows_.DeleteInvitation(id, entry); });
}

runtime::Task<Result<User>> RocksAdminStore::CreateInvitedUser(User user, std::string password_hash,
                                                               TokenHash invitation) {
  return pool_.Run(
      [this, user = std::move(user), password_hash = std::move(password_hash), invitation] {
        return rows_.CreateInvitedUser(user, password_hash, invitation);
      });
}

runtime::Task<Status> RocksAdminStore::CreatePasswordReset(PasswordReset reset, AuditEntry entry) {
  return pool_.Run(
      [this, reset, entry = std::move(entry)] { return rows_.CreatePasswordReset(reset, entry); });
}

runtime::Task<Result<PasswordReset>> RocksAdminStore::FindPasswordReset(TokenHash token_hash) {
  return pool_.Run([this, token_hash] { return rows_.FindPasswordReset(token_hash); });
}

runtime::Task<Result<AccountChanged>> RocksAdminStore::UsePasswordReset(TokenHash token_hash,
                                                                        TimePoint now,
                                                                        std::string password_hash) {
  return pool_.Run([this, token_hash, now, password_hash = std::move(password_hash)] {
    return rows_.UsePasswordReset(token_hash, now, password_hash);
  });
}

runtime::Task<Result<std::optional<std::string>>> RocksAdminStore::ReadSetting(std::string name) {
  return pool_.Run([this, name = std::move(name)] { return rows_.ReadSetting(name); });
}

runtime::Task<Status> RocksAdminStore::WriteSetting(std::string name, std::string value,
                                                    AuditEntry entry) {
  return pool_.Run([this, name = std::move(name), value = std::move(value),
                    entry = std::move(entry)] { return rows_.WriteSetting(name, value, entry); });
}

runtime::Task<Result<std::vector<AuditEntry>>> RocksAdminStore::ListAudit(
    std::optional<AuditId> before, std::size_t limit) {
  return pool_.Run([this, before, limit] { return rows_.ListAudit(before, limit); });
}

runtime::Task<Status> RocksAdminStore::DropAudit(TimePoint before) {
  return pool_.Run([this, before] { return rows_.DropAudit(before); });
}

}  // namespace parley::storage::rocks
