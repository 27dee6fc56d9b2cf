#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "storage/cached/forwarding.h"
#include "storage/cached/redis/shared_cache_options.h"
#include "storage/cached/redis/shared_values.h"

namespace parley::storage::cached {

/// The AccountStore of SharedCacheStore: keeps people by id, but not administrators. Sessions,
/// passwords and names are never kept outside the store.
class SharedAccounts : public ForwardingAccounts {
 public:
  SharedAccounts(AccountStore& inner, RemoteCache& cache, const SharedCacheOptions& options)
      : ForwardingAccounts(inner), cache_(cache), options_(options), keys_(options.prefix) {}

  runtime::Task<Result<User>> FindUser(UserId user) override;
  runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) override;
  runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) override;

  /// After a person was written: nobody finds what was before. Waits for the cache.
  runtime::Task<void> Outdate(UserId user);

  CacheCounts counts() const { return {.hits = hits_, .misses = misses_, .joins = 0, .bytes = 0}; }

 private:
  runtime::Task<Status> FindChunk(std::vector<UserId> users, std::vector<User>* found);

  RemoteCache& cache_;
  const SharedCacheOptions options_;
  const SharedKeys keys_;
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
};

/// The AdminStore of SharedCacheStore: what it changes of people is outdated in the cache.
class SharedAdmin : public ForwardingAdmin {
 public:
  SharedAdmin(AdminStore& inner, SharedAccounts& accounts)
      : ForwardingAdmin(inner), accounts_(accounts) {}

  runtime::Task<Result<AccountChanged>> ChangeAccount(UserId user, AccountChange change) override;
  runtime::Task<Result<User>> UseAdminClaim(TokenHash token_hash, UserId user,
                                            AuditEntry entry) override;

 private:
  SharedAccounts& accounts_;
};

}  // namespace parley::storage::cached
