#pragma once

#include <string>

#include "storage/cached/cached_accounts.h"
#include "storage/cached/forwarding.h"

namespace parley::storage::cached {

/// The AdminStore of CachedStore: nothing is kept here, and what it changes of people and sessions
/// is dropped from what CachedAccounts keeps.
class CachedAdmin : public ForwardingAdmin {
 public:
  CachedAdmin(AdminStore& inner, CachedAccounts& accounts)
      : ForwardingAdmin(inner), accounts_(accounts) {}

  runtime::Task<Result<AccountChanged>> ChangeAccount(UserId user, AccountChange change) override;
  runtime::Task<Result<User>> UseAdminClaim(TokenHash token_hash, UserId user,
                                            AuditEntry entry) override;
  runtime::Task<Result<User>> CreateInvitedUser(User user, std::string password_hash,
                                                TokenHash invitation) override;
  runtime::Task<Result<AccountChanged>> UsePasswordReset(TokenHash token_hash, TimePoint now,
                                                         std::string password_hash) override;

 private:
  CachedAccounts& accounts_;
};

}  // namespace parley::storage::cached
