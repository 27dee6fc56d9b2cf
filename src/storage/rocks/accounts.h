#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/blocking_pool.h"
#include "storage/account_store.h"
#include "storage/rocks/database.h"
#include "storage/rocks/soft_writer.h"

namespace parley::storage::rocks {

/// Accounts as rows, on the calling thread. Any thread; everything blocks on the disk.
class AccountRows {
 public:
  explicit AccountRows(Database& db) : db_(db) {}

  Status CreateUser(const User& user, std::string_view password_hash);
  Result<User> FindUser(UserId user) const;
  Result<std::vector<User>> FindUsers(const std::vector<UserId>& users) const;
  Result<User> FindUserByName(std::string_view username) const;
  Result<User> UpdateUser(UserId user, const UserPatch& patch);
  Result<std::vector<User>> SearchUsers(std::string_view prefix, std::size_t limit) const;

  Result<std::string> FindPasswordHash(UserId user) const;
  Status SetPasswordHash(UserId user, std::string_view password_hash);

  Status CreateSession(const Session& session);
  Result<Session> FindSession(const TokenHash& token_hash) const;
  Result<std::vector<Session>> ListSessions(UserId user) const;
  Status DeleteSession(UserId user, SessionId session);

  Status CreateAdminClaim(const TokenHash& token_hash);
  Status TakeAdminClaim(const TokenHash& token_hash);

 private:
  Database& db_;
  /// Reading a row and replacing it is one step: taken names, patches, what can be taken once.
  std::mutex mutex_;
};

/// When a session was used. In a row of its own, which merges: using one neither reads nor brings
/// back its row.
RowMerge SessionUse(UserId user, SessionId session, TimePoint at);

/// Accounts in RocksDB: everything goes to the pool, uses of sessions to the soft writer.
class RocksAccountStore : public AccountStore {
 public:
  RocksAccountStore(Database& db, runtime::BlockingPool& pool, SoftWriter& soft_writer)
      : pool_(pool), soft_writer_(soft_writer), rows_(db) {}

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
  runtime::BlockingPool& pool_;
  SoftWriter& soft_writer_;
  AccountRows rows_;
};

}  // namespace parley::storage::rocks
