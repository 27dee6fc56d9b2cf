#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/blocking_pool.h"
#include "storage/admin_store.h"
#include "storage/rocks/accounts.h"

namespace parley::storage::rocks {

/// Administration in RocksDB: everything goes to the pool.
class RocksAdminStore : public AdminStore {
 public:
  RocksAdminStore(AccountRows& rows, runtime::BlockingPool& pool) : rows_(rows), pool_(pool) {}

  runtime::Task<Result<AccountChanged>> ChangeAccount(UserId user, AccountChange change) override;
  runtime::Task<Status> CreateAdminClaim(TokenHash token_hash) override;
  runtime::Task<Result<User>> UseAdminClaim(TokenHash token_hash, UserId user,
                                            AuditEntry entry) override;
  runtime::Task<Status> CreateInvitation(Invitation invitation, std::size_t limit) override;
  runtime::Task<Result<Invitation>> FindInvitation(InvitationId id) override;
  runtime::Task<Result<Invitation>> FindInvitationByToken(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<Invitation>>> ListInvitations(UserId user) override;
  runtime::Task<Status> DeleteInvitation(InvitationId id, std::optional<AuditEntry> entry) override;
  runtime::Task<Result<User>> CreateInvitedUser(User user, std::string password_hash,
                                                TokenHash invitation) override;
  runtime::Task<Status> CreatePasswordReset(PasswordReset reset, AuditEntry entry) override;
  runtime::Task<Result<PasswordReset>> FindPasswordReset(TokenHash token_hash) override;
  runtime::Task<Result<AccountChanged>> UsePasswordReset(TokenHash token_hash, TimePoint now,
                                                         std::string password_hash) override;
  runtime::Task<Result<std::optional<std::string>>> ReadSetting(std::string name) override;
  runtime::Task<Status> WriteSetting(std::string name, std::string value,
                                     AuditEntry entry) override;
  runtime::Task<Result<std::vector<AuditEntry>>> ListAudit(std::optional<AuditId> before,
                                                           std::size_t limit) override;
  runtime::Task<Status> DropAudit(TimePoint before) override;

 private:
  AccountRows& rows_;
  runtime::BlockingPool& pool_;
};

}  // namespace parley::storage::rocks
