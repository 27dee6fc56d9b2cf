#include "storage/cassandra/account_statements.h"

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "model/limits.h"

namespace parley::storage::cassandra {
namespace {

using S = AccountStatements;

constexpr StatementOptions kRead{.idempotent = true};
constexpr StatementOptions kSerialRead{.idempotent = true, .serial = true};
/// Plain writes that say the same however often they are said.
constexpr StatementOptions kBlindWrite{.idempotent = true};
constexpr StatementOptions kConditional{};

StatementOptions Paged(int rows) { return {.idempotent = true, .page_size = rows}; }

/// Of the person, in every read of them: what user_rows.cc takes apart.
constexpr char kPersonColumns[] =
    "version, recent, profile, last_active_at, password_hash, reset, step, abandoned";
constexpr char kInvitationColumns[] = "version, recent, id, invitation, making";

/// Prepares one after the other, until one fails.
class Preparer {
 public:
  explicit Preparer(Session& session) : session_(session) { statements_.session = &session; }

  Preparer& Add(const Statement* S::* member, const char* name, std::string cql,
                const StatementOptions& options) {
    if (!status_.ok()) return *this;
    Result<const Statement*> statement = session_.Prepare(name, std::move(cql), options);
    if (statement.ok()) {
      statements_.*member = *statement;
    } else {
      status_ = statement.status();
    }
    return *this;
  }

  Result<AccountStatements> Finish() const {
    if (!status_.ok()) return status_;
    return statements_;
  }

 private:
  Session& session_;
  AccountStatements statements_;
  Status status_;
};

void AddPeople(Preparer& to) {
  const std::string person =
      fmt::format("SELECT DISTINCT {} FROM {{keyspace}}.users WHERE user_id = ?", kPersonColumns);
  to.Add(&S::person_read, "person_read", person, kRead)
      .Add(&S::person_read_serial, "person_read_serial", person, kSerialRead)
      .Add(&S::person_read_sessions, "person_read_sessions",
           fmt::format("SELECT {}, session, token_hash FROM {{keyspace}}.users WHERE user_id = ?",
                       kPersonColumns),
           kSerialRead)
      .Add(&S::person_write, "person_write",
           "UPDATE {keyspace}.users SET version = ?, recent = ?, profile = ?, password_hash = ?, "
           "reset = ?, step = ?, abandoned = ? WHERE user_id = ? IF version = ?",
           kConditional)
      .Add(&S::person_active, "person_active",
           "UPDATE {keyspace}.users USING TIMESTAMP ? SET last_active_at = ? WHERE user_id = ?",
           kBlindWrite)
      .Add(&S::username_claim, "username_claim",
           "INSERT INTO {keyspace}.usernames (name, user_id, claimed_at) VALUES (?, ?, ?) "
           "IF NOT EXISTS",
           kConditional)
      .Add(&S::username_free, "username_free",
           "DELETE FROM {keyspace}.usernames WHERE name = ? IF user_id = ?", kConditional)
      .Add(&S::username_read, "username_read",
           "SELECT user_id, claimed_at FROM {keyspace}.usernames WHERE name = ?", kRead)
      .Add(&S::username_read_serial, "username_read_serial",
           "SELECT user_id, claimed_at FROM {keyspace}.usernames WHERE name = ?", kSerialRead);
}

void AddSessions(Preparer& to) {
  // As long as a session may live without another use, and a day.
  const auto use_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(kSessionLifetime + std::chrono::hours(24));
  to.Add(&S::session_insert, "session_insert",
         "INSERT INTO {keyspace}.users (user_id, session_id, session, token_hash) "
         "VALUES (?, ?, ?, ?)",
         kConditional)
      .Add(&S::session_delete, "session_delete",
           "DELETE FROM {keyspace}.users WHERE user_id = ? AND session_id = ?", kConditional)
      .Add(&S::session_read, "session_read",
           "SELECT session, token_hash FROM {keyspace}.users WHERE user_id = ? AND session_id = ?",
           kRead)
      .Add(&S::sessions_read, "sessions_read",
           "SELECT session, token_hash FROM {keyspace}.users WHERE user_id = ?", kRead)
      .Add(&S::session_token_insert, "session_token_insert",
           "INSERT INTO {keyspace}.session_tokens (token_hash, user_id, session_id) "
           "VALUES (?, ?, ?)",
           kBlindWrite)
      .Add(&S::session_token_delete, "session_token_delete",
           "DELETE FROM {keyspace}.session_tokens WHERE token_hash = ?", kBlindWrite)
      .Add(&S::session_token_read, "session_token_read",
           "SELECT user_id, session_id FROM {keyspace}.session_tokens WHERE token_hash = ?", kRead)
      .Add(&S::session_use_write, "session_use_write",
           fmt::format("UPDATE {{keyspace}}.session_uses USING TIMESTAMP ? AND TTL {} "
                       "SET last_used_at = ? WHERE user_id = ? AND session_id = ?",
                       use_seconds.count()),
           kBlindWrite)
      .Add(&S::session_use_read, "session_use_read",
           "SELECT session_id, last_used_at FROM {keyspace}.session_uses "
           "WHERE user_id = ? AND session_id = ?",
           kRead)
      .Add(&S::session_uses_read, "session_uses_read",
           "SELECT session_id, last_used_at FROM {keyspace}.session_uses WHERE user_id = ?",
           kRead);
}

void AddSearch(Preparer& to) {
  to.Add(&S::search_prefix_insert, "search_prefix_insert",
         "INSERT INTO {keyspace}.search_prefixes (first, prefix) VALUES (?, ?)", kBlindWrite)
      .Add(&S::search_prefixes_read, "search_prefixes_read",
           "SELECT prefix FROM {keyspace}.search_prefixes "
           "WHERE first = ? AND prefix >= ? AND prefix < ?",
           Paged(5'000))
      .Add(&S::search_term_insert, "search_term_insert",
           "INSERT INTO {keyspace}.search_terms (prefix, term, user_id, username) "
           "VALUES (?, ?, ?, ?) USING TIMESTAMP ?",
           kBlindWrite)
      .Add(&S::search_term_delete, "search_term_delete",
           "DELETE FROM {keyspace}.search_terms USING TIMESTAMP ? "
           "WHERE prefix = ? AND term = ? AND user_id = ?",
           kBlindWrite)
      .Add(&S::search_terms_read, "search_terms_read",
           "SELECT term, user_id, username FROM {keyspace}.search_terms "
           "WHERE prefix = ? AND term >= ? AND term < ?",
           Paged(1'000));
}

void AddInvitations(Preparer& to) {
  const std::string read = fmt::format(
      "SELECT {} FROM {{keyspace}}.invitations WHERE created_by = ?", kInvitationColumns);
  to.Add(&S::invitations_read, "invitations_read", read, kRead)
      .Add(&S::invitations_read_serial, "invitations_read_serial", read, kSerialRead)
      .Add(&S::invitations_write, "invitations_write",
           "UPDATE {keyspace}.invitations SET version = ?, recent = ? WHERE created_by = ? "
           "IF version = ?",
           kConditional)
      .Add(&S::invitation_insert, "invitation_insert",
           "INSERT INTO {keyspace}.invitations (created_by, id, invitation, making) "
           "VALUES (?, ?, ?, ?)",
           kConditional)
      .Add(&S::invitation_delete, "invitation_delete",
           "DELETE FROM {keyspace}.invitations WHERE created_by = ? AND id = ?", kConditional)
      .Add(&S::invitation_read, "invitation_read",
           fmt::format("SELECT {} FROM {{keyspace}}.invitations WHERE created_by = ? AND id = ?",
                       kInvitationColumns),
           kRead)
      .Add(&S::invitation_key_insert, "invitation_key_insert",
           "INSERT INTO {keyspace}.invitation_keys (key, created_by, id) VALUES (?, ?, ?)",
           kBlindWrite)
      .Add(&S::invitation_key_delete, "invitation_key_delete",
           "DELETE FROM {keyspace}.invitation_keys WHERE key = ?", kBlindWrite)
      .Add(&S::invitation_key_read, "invitation_key_read",
           "SELECT created_by, id FROM {keyspace}.invitation_keys WHERE key = ?", kRead);
}

void AddAdministration(Preparer& to) {
  to.Add(&S::journal_read_serial, "journal_read_serial",
         "SELECT version, recent, step FROM {keyspace}.administration WHERE name = 'journal'",
         kSerialRead)
      .Add(&S::journal_write, "journal_write",
           "UPDATE {keyspace}.administration SET version = ?, recent = ?, step = ? "
           "WHERE name = 'journal' IF version = ?",
           kConditional)
      .Add(&S::admin_claim_insert, "admin_claim_insert",
           "INSERT INTO {keyspace}.admin_claims (token_hash) VALUES (?) IF NOT EXISTS",
           kConditional)
      .Add(&S::admin_claim_delete, "admin_claim_delete",
           "DELETE FROM {keyspace}.admin_claims WHERE token_hash = ? IF EXISTS", kConditional)
      .Add(&S::admin_claim_read_serial, "admin_claim_read_serial",
           "SELECT token_hash FROM {keyspace}.admin_claims WHERE token_hash = ?", kSerialRead)
      .Add(&S::reset_token_insert, "reset_token_insert",
           "INSERT INTO {keyspace}.password_reset_tokens (token_hash, user_id) VALUES (?, ?)",
           kBlindWrite)
      .Add(&S::reset_token_delete, "reset_token_delete",
           "DELETE FROM {keyspace}.password_reset_tokens WHERE token_hash = ?", kBlindWrite)
      .Add(&S::reset_token_read, "reset_token_read",
           "SELECT user_id FROM {keyspace}.password_reset_tokens WHERE token_hash = ?", kRead)
      .Add(&S::setting_write, "setting_write",
           "INSERT INTO {keyspace}.settings (name, value) VALUES (?, ?) USING TIMESTAMP ?",
           kBlindWrite)
      .Add(&S::setting_read, "setting_read",
           "SELECT value FROM {keyspace}.settings WHERE name = ?", kRead);
}

void AddAudit(Preparer& to) {
  to.Add(&S::audit_insert, "audit_insert",
         "INSERT INTO {keyspace}.audit (period, id, entry) VALUES (?, ?, ?)", kBlindWrite)
      .Add(&S::audit_read, "audit_read",
           "SELECT id, entry FROM {keyspace}.audit WHERE period = ? AND id < ? LIMIT ?", kRead)
      .Add(&S::audit_delete, "audit_delete", "DELETE FROM {keyspace}.audit WHERE period = ?",
           kBlindWrite)
      .Add(&S::audit_delete_before, "audit_delete_before",
           "DELETE FROM {keyspace}.audit WHERE period = ? AND id < ?", kBlindWrite)
      .Add(&S::audit_period_insert, "audit_period_insert",
           "INSERT INTO {keyspace}.audit_periods (log, period) VALUES ('audit', ?)", kBlindWrite)
      .Add(&S::audit_period_delete, "audit_period_delete",
           "DELETE FROM {keyspace}.audit_periods WHERE log = 'audit' AND period = ?", kBlindWrite)
      .Add(&S::audit_periods_read, "audit_periods_read",
           "SELECT period FROM {keyspace}.audit_periods WHERE log = 'audit'", kRead);
}

void AddMeta(Preparer& to) {
  to.Add(&S::secret_key_insert, "secret_key_insert",
         "INSERT INTO {keyspace}.secret_keys (name, key) VALUES (?, ?) IF NOT EXISTS", kConditional)
      .Add(&S::secret_key_read, "secret_key_read",
           "SELECT key FROM {keyspace}.secret_keys WHERE name = ?", kSerialRead)
      .Add(&S::fleet_time_write, "fleet_time_write",
           "INSERT INTO {keyspace}.fleet_times (name, at) VALUES ('fleet', ?) USING TIMESTAMP ?",
           kBlindWrite)
      .Add(&S::fleet_time_read, "fleet_time_read",
           "SELECT at FROM {keyspace}.fleet_times WHERE name = 'fleet'", kRead);
}

}  // namespace

Result<AccountStatements> AccountStatements::Prepare(Session& session) {
  Preparer preparer(session);
  AddPeople(preparer);
  AddSessions(preparer);
  AddSearch(preparer);
  AddInvitations(preparer);
  AddAdministration(preparer);
  AddAudit(preparer);
  AddMeta(preparer);
  return preparer.Finish();
}

}  // namespace parley::storage::cassandra
