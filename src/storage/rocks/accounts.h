#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/blocking_pool.h"
#include "storage/account_store.h"
#include "storage/admin_store.h"
#include "storage/rocks/database.h"
#include "storage/rocks/soft_writer.h"

namespace parley::storage::rocks {

/// Accounts, and what administers them, as rows, on the calling thread. Any thread; everything
/// blocks on the disk, but where it is told to go no deeper than memory.
class AccountRows {
 public:
  explicit AccountRows(Database& db) : db_(db) {}

  Status CreateUser(const User& user, std::string_view password_hash);
  Result<User> FindUser(UserId user, Depth depth = Depth::kDisk) const;
  Result<std::vector<User>> FindUsers(const std::vector<UserId>& users,
                                      Depth depth = Depth::kDisk) const;
  Result<User> FindUserByName(std::string_view username) const;
  Result<User> UpdateUser(UserId user, const UserPatch& patch);
  Result<std::vector<User>> SearchUsers(std::string_view prefix, std::size_t limit,
                                        std::string_view after) const;

  Result<std::string> FindPasswordHash(UserId user) const;
  Status SetPasswordHash(UserId user, std::string_view password_hash);

  Status CreateSession(const Session& session);
  Result<Session> FindSession(const TokenHash& token_hash, Depth depth = Depth::kDisk) const;
  Result<std::vector<Session>> ListSessions(UserId user) const;
  Status DeleteSession(UserId user, SessionId session);

  Result<AccountChanged> ChangeAccount(UserId user, const AccountChange& change);
  Status CreateAdminClaim(const TokenHash& token_hash);
  Result<User> UseAdminClaim(const TokenHash& token_hash, UserId user, const AuditEntry& entry);

  Status CreateInvitation(const Invitation& invitation, std::size_t limit);
  Result<Invitation> FindInvitation(InvitationId id) const;
  Result<Invitation> FindInvitationByToken(const TokenHash& token_hash) const;
  Result<std::vector<Invitation>> ListInvitations(UserId user) const;
  Status DeleteInvitation(InvitationId id, const std::optional<AuditEntry>& entry);
  Result<User> CreateInvitedUser(User user, std::string_view password_hash,
                                 const TokenHash& invitation);

  Status CreatePasswordReset(const PasswordReset& reset, const AuditEntry& entry);
  Result<PasswordReset> FindPasswordReset(const TokenHash& token_hash) const;
  Result<AccountChanged> UsePasswordReset(const TokenHash& token_hash, TimePoint now,
                                          std::string_view password_hash);

  Result<std::optional<std::string>> ReadSetting(std::string_view name) const;
  Status WriteSetting(std::string_view name, std::string_view value, const AuditEntry& entry);
  Result<std::vector<AuditEntry>> ListAudit(const std::optional<AuditId>& before,
                                            std::size_t limit) const;
  Status DropAudit(TimePoint before);

 private:
  Result<std::vector<User>> ListUsers(std::size_t limit, std::string_view after) const;
  /// kPermissionDenied if the entry's admin is none; with mutex_ held.
  Status CheckAdmin(const AuditEntry& entry) const;

  Database& db_;
  /// Reading a row and replacing it is one step: taken names, patches, what can be taken once.
  std::mutex mutex_;
};

/// When a session was used. In a row of its own, which merges: using one neither reads nor brings
/// back its row.
RowMerge SessionUse(UserId user, SessionId session, TimePoint at);

/// Accounts in RocksDB: everything goes to the pool, but what is asked for with each request where
/// it is in memory; uses of sessions go to the soft writer.
class RocksAccountStore : public AccountStore {
 public:
  RocksAccountStore(AccountRows& rows, runtime::BlockingPool& pool, SoftWriter& soft_writer)
      : pool_(pool), soft_writer_(soft_writer), rows_(rows) {}

  runtime::Task<Status> CreateUser(User user, std::string password_hash) override;
  runtime::Task<Result<User>> FindUser(UserId user) override;
  runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) override;
  runtime::Task<Result<User>> FindUserByName(std::string username) override;
  runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) override;
  runtime::Task<Result<std::vector<User>>> SearchUsers(std::string prefix, std::size_t limit,
                                                       std::string after) override;
  runtime::Task<Result<std::string>> FindPasswordHash(UserId user) override;
  runtime::Task<Status> SetPasswordHash(UserId user, std::string password_hash) override;
  runtime::Task<Status> CreateSession(Session session) override;
  runtime::Task<Result<Session>> FindSession(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<Session>>> ListSessions(UserId user) override;
  runtime::Task<Status> DeleteSession(UserId user, SessionId session) override;
  runtime::Task<Status> TouchSession(UserId user, SessionId session, TimePoint at) override;

 private:
  runtime::BlockingPool& pool_;
  SoftWriter& soft_writer_;
  AccountRows& rows_;
};

}  // namespace parley::storage::rocks
