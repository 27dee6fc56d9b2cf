#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/account_store.h"
#include "storage/memory/controls.h"

namespace parley::storage::memory {

/// The AccountStore of FakeStore.
class FakeAccounts : public AccountStore {
 public:
  explicit FakeAccounts(Controls& controls) : controls_(controls) {}

  runtime::Task<Status> CreateUser(User user, std::string password_hash) override;
  runtime::Task<Result<User>> FindUser(UserId user) override;
  runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) override;
  runtime::Task<Result<User>> FindUserByName(std::string username) override;
  runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) override;
  runtime::Task<Result<std::vector<User>>> SearchUsers(std::string prefix,
                                                       std::size_t limit) override;
  runtime::Task<Result<std::string>> FindPasswordHash(UserId user) override;
  runtime::Task<Status> SetPasswordHash(UserId user, std::string password_hash) override;
  runtime::Task<Status> CreateSession(Session session) override;
  runtime::Task<Result<Session>> FindSession(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<Session>>> ListSessions(UserId user) override;
  runtime::Task<Status> DeleteSession(UserId user, SessionId session) override;
  runtime::Task<Status> TouchSession(UserId user, SessionId session, TimePoint at) override;
  runtime::Task<Status> CreateAdminClaim(TokenHash token_hash) override;
  runtime::Task<Status> TakeAdminClaim(TokenHash token_hash) override;

 private:
  struct Account {
    User user;
    std::string password_hash;
  };

  Result<User> Find(UserId user) const;  // with mutex_ held

  Controls& controls_;
  mutable std::mutex mutex_;
  std::unordered_map<UserId, Account> accounts_;              // guarded by mutex_
  std::map<std::string, UserId> names_;                       // guarded by mutex_
  std::map<TokenHash, Session> sessions_;                     // guarded by mutex_
  std::map<std::pair<UserId, SessionId>, TokenHash> tokens_;  // guarded by mutex_
  std::set<TokenHash> admin_claims_;                          // guarded by mutex_
};

}  // namespace parley::storage::memory
