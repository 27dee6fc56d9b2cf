#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/account_store.h"
#include "storage/admin_store.h"
#include "storage/memory/controls.h"

namespace parley::storage::memory {

/// The AccountStore and the AdminStore of FakeStore: they work on the same people.
class FakeAccounts : public AccountStore, public AdminStore {
 public:
  explicit FakeAccounts(Controls& controls) : controls_(controls) {}

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

  // AdminStore (fake_admin.cc).
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
  struct Account {
    User user;
    std::string password_hash;
  };

  // With mutex_ held.
  Result<User> Find(UserId user) const;
  std::vector<Session> SessionsOf(UserId user) const;
  std::vector<Session> EndSessions(UserId user);
  Status CheckAdmin(const AuditEntry& entry) const;
  void Note(AuditEntry entry);
  const Invitation* FindByToken(const TokenHash& token_hash) const;

  Controls& controls_;
  mutable std::mutex mutex_;
  std::unordered_map<UserId, Account> accounts_;              // guarded by mutex_
  std::map<std::string, UserId> names_;                       // guarded by mutex_
  std::map<TokenHash, Session> sessions_;                     // guarded by mutex_
  std::map<std::pair<UserId, SessionId>, TokenHash> tokens_;  // guarded by mutex_
  std::set<TokenHash> admin_claims_;                          // guarded by mutex_
  std::map<InvitationId, Invitation> invitations_;            // guarded by mutex_
  std::map<UserId, PasswordReset> password_resets_;           // guarded by mutex_
  std::map<std::string, std::string> settings_;               // guarded by mutex_
  std::map<AuditId, AuditEntry> audit_;                       // guarded by mutex_
};

}  // namespace parley::storage::memory
