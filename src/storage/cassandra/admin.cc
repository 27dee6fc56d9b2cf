#include "storage/cassandra/admin.h"

#include <utility>

#include "storage/cassandra/account_version.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

Status NoSuchReset() { return NotFound("no such password reset"); }

}  // namespace

// -- People ---------------------------------------------------------------------------------------

runtime::Task<Result<AccountChanged>> CassandraAdmin::ChangeAccount(UserId user,
                                                                    AccountChange change) {
  AdminStep step;
  step.user = user;
  step.admin = change.admin;
  step.disabled = change.disabled;
  step.sessions = change.sessions;
  step.audit = std::move(change.audit);
  return journal_.Run(std::move(step), Entitled::kAdministrators);
}

runtime::Task<Status> CassandraAdmin::CreateAdminClaim(TokenHash token_hash) {
  // Nobody has the token yet: found there, it is this one.
  const Result<Rows> written = co_await ExecuteRepeatedly(
      cql_.session, Bind(*cql_.admin_claim_insert, BlobValue(token_hash)));
  co_return written.status();
}

runtime::Task<Result<User>> CassandraAdmin::UseAdminClaim(TokenHash token_hash, UserId user,
                                                          AuditEntry entry) {
  AdminStep step;
  step.claim = token_hash;
  step.user = user;
  step.admin = true;
  step.audit.push_back(std::move(entry));
  PARLEY_CO_ASSIGN(AccountChanged changed,
                   co_await journal_.Run(std::move(step), Entitled::kAnyone));
  co_return std::move(changed.user);
}

// -- Invitations ----------------------------------------------------------------------------------

runtime::Task<Status> CassandraAdmin::CreateInvitation(Invitation invitation, std::size_t limit) {
  return invitations_.Create(invitation, limit);
}

runtime::Task<Result<Invitation>> CassandraAdmin::FindInvitation(InvitationId id) {
  return invitations_.Find(id);
}

runtime::Task<Result<Invitation>> CassandraAdmin::FindInvitationByToken(TokenHash token_hash) {
  return uses_.FindInvitationByToken(token_hash);
}

runtime::Task<Result<std::vector<Invitation>>> CassandraAdmin::ListInvitations(UserId user) {
  return invitations_.List(user);
}

runtime::Task<Status> CassandraAdmin::DeleteInvitation(InvitationId id,
                                                       std::optional<AuditEntry> entry) {
  if (!entry) co_return co_await invitations_.Delete(id);
  AdminStep step;
  step.invitation = id;
  step.audit.push_back(*std::move(entry));
  co_return (co_await journal_.Run(std::move(step), Entitled::kAdministrators)).status();
}

runtime::Task<Result<User>> CassandraAdmin::CreateInvitedUser(User user, std::string password_hash,
                                                              TokenHash invitation) {
  return uses_.CreateInvitedUser(std::move(user), std::move(password_hash), invitation);
}

// -- New passwords --------------------------------------------------------------------------------

runtime::Task<Status> CassandraAdmin::CreatePasswordReset(PasswordReset reset, AuditEntry entry) {
  // First what leads there: until the step is done it leads nowhere.
  PARLEY_CO_TRY((co_await cql_.session->Execute(Bind(
                     *cql_.reset_token_insert, BlobValue(reset.token_hash), UuidValue(reset.user))))
                    .status());
  AdminStep step;
  step.user = reset.user;
  step.reset = reset;
  step.audit.push_back(std::move(entry));
  const Status decided =
      (co_await journal_.Run(std::move(step), Entitled::kAdministrators)).status();
  if (!decided.ok() && decided.code() != StatusCode::kUnknown) {
    co_await DropResetToken(reset.token_hash);
  }
  co_return decided;
}

runtime::Task<Result<UserId>> CassandraAdmin::UserOfReset(TokenHash token_hash) {
  PARLEY_CO_ASSIGN(const Rows rows, co_await cql_.session->Execute(
                                        Bind(*cql_.reset_token_read, BlobValue(token_hash))));
  if (rows.empty()) co_return NoSuchReset();
  co_return ReadId<UserId>(rows[0][0]);
}

runtime::Task<void> CassandraAdmin::DropResetToken(TokenHash token_hash) {
  IgnoreStatus(
      (co_await cql_.session->Execute(Bind(*cql_.reset_token_delete, BlobValue(token_hash))))
          .status(),
      "what is left leads nowhere");
}

runtime::Task<Result<PasswordReset>> CassandraAdmin::FindPasswordReset(TokenHash token_hash) {
  PARLEY_CO_ASSIGN(const UserId user, co_await UserOfReset(token_hash));
  PARLEY_CO_ASSIGN(const UserRow row, co_await users_.Read(user, UserPart::kPerson));
  if (!row.reset || row.reset->token_hash != token_hash) co_return NoSuchReset();
  co_return *row.reset;
}

runtime::Task<Result<AccountChanged>> CassandraAdmin::UsePasswordReset(TokenHash token_hash,
                                                                       TimePoint now,
                                                                       std::string password_hash) {
  PARLEY_CO_ASSIGN(const UserId user, co_await UserOfReset(token_hash));
  AccountChanged changed;
  PARLEY_CO_ASSIGN(UserRow row,
                   co_await users_.Change(
                       user, UserPart::kAll,
                       [&token_hash, now, &password_hash, &changed](UserRow& row) -> Result<bool> {
                         const std::optional<PasswordReset>& reset = row.reset;
                         const bool good = row.user && reset && reset->token_hash == token_hash &&
                                           reset->expires_at > now;
                         if (!good) return NoSuchReset();
                         row.reset.reset();
                         row.password_hash = password_hash;
                         changed.ended = std::exchange(row.sessions, {});
                         return true;
                       }));
  if (!row.user) co_return NoSuchReset();
  changed.user = *std::move(row.user);
  co_await sessions_.DropTokens(changed.ended);
  co_await DropResetToken(token_hash);
  co_return std::move(changed);
}

// -- Settings, audit log --------------------------------------------------------------------------

runtime::Task<Result<std::optional<std::string>>> CassandraAdmin::ReadSetting(std::string name) {
  PARLEY_CO_ASSIGN(const Rows rows, co_await cql_.session->Execute(
                                        Bind(*cql_.setting_read, TextValue(std::move(name)))));
  const Cell value = rows.empty() ? Cell() : rows[0][0];
  if (!value) co_return std::optional<std::string>();
  co_return std::optional(std::string(*value));
}

runtime::Task<Status> CassandraAdmin::WriteSetting(std::string name, std::string value,
                                                   AuditEntry entry) {
  AdminStep step;
  step.setting = SettingChange{.name = std::move(name), .value = std::move(value)};
  step.audit.push_back(std::move(entry));
  co_return (co_await journal_.Run(std::move(step), Entitled::kAdministrators)).status();
}

runtime::Task<Result<std::vector<AuditEntry>>> CassandraAdmin::ListAudit(
    std::optional<AuditId> before, std::size_t limit) {
  // What was decided has happened: it is to be seen.
  PARLEY_CO_TRY(co_await journal_.FinishPending());
  co_return co_await audit_.List(before, limit);
}

runtime::Task<Status> CassandraAdmin::DropAudit(TimePoint before) {
  // Asked for now and then: so no step stays half done for long.
  PARLEY_CO_TRY(co_await journal_.FinishPending());
  co_return co_await audit_.Drop(before);
}

}  // namespace parley::storage::cassandra
