#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/admin_store.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/admin_journal.h"
#include "storage/cassandra/audit_rows.h"
#include "storage/cassandra/invitation_rows.h"
#include "storage/cassandra/invitation_uses.h"
#include "storage/cassandra/session_rows.h"
#include "storage/cassandra/user_rows.h"

namespace parley::storage::cassandra {

/// AdminStore on Cassandra: what comes with audit entries is a step of the journal. docs/storage.md
/// has the rows.
class CassandraAdmin : public AdminStore {
 public:
  CassandraAdmin(const AccountStatements& statements, UserRows& users, SessionRows& sessions,
                 InvitationRows& invitations, InvitationUses& uses, AuditRows& audit,
                 AdminJournal& journal)
      : cql_(statements),
        users_(users),
        sessions_(sessions),
        invitations_(invitations),
        uses_(uses),
        audit_(audit),
        journal_(journal) {}

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
  /// Whose password the token is for; kNotFound.
  runtime::Task<Result<UserId>> UserOfReset(TokenHash token_hash);
  runtime::Task<void> DropResetToken(TokenHash token_hash);

  const AccountStatements& cql_;
  UserRows& users_;
  SessionRows& sessions_;
  InvitationRows& invitations_;
  InvitationUses& uses_;
  AuditRows& audit_;
  AdminJournal& journal_;
};

}  // namespace parley::storage::cassandra
