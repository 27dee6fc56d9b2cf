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
  to.Add(&S::person_read, "users.read", person, kRead)
      .Add(&S::person_read_serial, "users.settle", person, kSerialRead)
      .Add(&S::person_read_sessions, "users.read_all",
           fmt::format("SELECT {}, session, token_hash FROM {{keyspace}}.users WHERE user_id = ?",
                       kPersonColumns),
           kSerialRead)
      .Add(&S::person_write, "users.write",
           "UPDATE {keyspace}.users SET version = ?, recent = ?, profile = ?, password_hash = ?, "
           "reset = ?, step = ?, abandoned = ? WHERE user_id = ? IF version = ?",
           kConditional)
      .Add(&S::person_active, "users.active",
           "UPDATE {keyspace}.users USING TIMESTAMP ? SET last_active_at = ? WHERE user_id = ?",
           kBlindWrite)
      .Add(&S::username_claim, "usernames.claim",
           "INSERT INTO {keyspace}.usernames (name, user_id, claimed_at) VALUES (?, ?, ?) "
           "IF NOT EXISTS",
           kConditional)
      .Add(&S::username_free, "usernames.free",
           "DELETE FROM {keyspace}.usernames WHERE name = ? IF user_id = ?", kConditional)
      .Add(&S::username_read, "usernames.find",
           "SELECT user_id, claimed_at FROM {keyspace}.usernames WHERE name = ?", kRead)
      .Add(&S::username_read_serial, "usernames.settle",
           "SELECT user_id, claimed_at FROM {keyspace}.usernames WHERE name = ?", kSerialRead);
}

void AddSessions(Preparer& to) {
  // As long as a session may live without another use, and a day.
  const auto use_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(kSessionLifetime + std::chrono::hours(24));
  to.Add(&S::session_insert, "sessions.insert",
         "INSERT INTO {keyspace}.users (user_id, session_id, session, token_hash) "
         "VALUES (?, ?, ?, ?)",
         kConditional)
      .Add(&S::session_delete, "sessions.delete",
           "DELETE FROM {keyspace}.users WHERE user_id = ? AND session_id = ?", kConditional)
      .Add(&S::session_read, "sessions.find",
           "SELECT session, token_hash FROM {keyspace}.users WHERE user_id = ? AND session_id = ?",
           kRead)
      .Add(&S::sessions_read, "sessions.list",
           "SELECT session, token_hash FROM {keyspace}.users WHERE user_id = ?", kRead)
      .Add(&S::session_token_insert, "session_tokens.insert",
           "INSERT INTO {keyspace}.session_tokens (token_hash, user_id, session_id) "
           "VALUES (?, ?, ?)",
           kBlindWrite)
      .Add(&S::session_token_delete, "session_tokens.delete",
           "DELETE FROM {keyspace}.session_tokens WHERE token_hash = ?", kBlindWrite)
      .Add(&S::session_token_read, "session_tokens.find",
           "SELECT user_id, session_id FROM {keyspace}.session_tokens WHERE token_hash = ?", kRead)
      .Add(&S::session_use_write, "session_uses.write",
           fmt::format("UPDATE {{keyspace}}.session_uses USING TIMESTAMP ? AND TTL {} "
                       "SET last_used_at = ? WHERE user_id = ? AND session_id = ?",
                       use_seconds.count()),
           kBlindWrite)
      .Add(&S::session_use_read, "session_uses.find",
           "SELECT session_id, last_used_at FROM {keyspace}.session_uses "
           "WHERE user_id = ? AND session_id = ?",
           kRead)
      .Add(&S::session_uses_read, "session_uses.list",
           "SELECT session_id, last_used_at FROM {keyspace}.session_uses WHERE user_id = ?", kRead);
}

void AddSearch(Preparer& to) {
  to.Add(&S::search_prefix_insert, "search_prefixes.insert",
         "INSERT INTO {keyspace}.search_prefixes (first, prefix) VALUES (?, ?)", kBlindWrite)
      .Add(&S::search_prefixes_read, "search_prefixes.list",
           "SELECT prefix FROM {keyspace}.search_prefixes "
           "WHERE first = ? AND prefix >= ? AND prefix < ?",
           Paged(5'000))
      .Add(&S::search_term_insert, "search_terms.insert",
           "INSERT INTO {keyspace}.search_terms (prefix, term, user_id, username) "
           "VALUES (?, ?, ?, ?) USING TIMESTAMP ?",
           kBlindWrite)
      .Add(&S::search_term_delete, "search_terms.delete",
           "DELETE FROM {keyspace}.search_terms USING TIMESTAMP ? "
           "WHERE prefix = ? AND term = ? AND user_id = ?",
           kBlindWrite)
      .Add(&S::search_terms_read, "search_terms.list",
           "SELECT term, user_id, username FROM {keyspace}.search_terms "
           "WHERE prefix = ? AND term >= ? AND term < ?",
           Paged(1'000));
}

void AddInvitations(Preparer& to) {
  const std::string read = fmt::format(
      "SELECT {} FROM {{keyspace}}.invitations WHERE created_by = ?", kInvitationColumns);
  to.Add(&S::invitations_read, "invitations.list", read, kRead)
      .Add(&S::invitations_read_serial, "invitations.settle", read, kSerialRead)
      .Add(&S::invitations_write, "invitations.write",
           "UPDATE {keyspace}.invitations SET version = ?, recent = ? WHERE created_by = ? "
           "IF version = ?",
           kConditional)
      .Add(&S::invitation_insert, "invitations.insert",
           "INSERT INTO {keyspace}.invitations (created_by, id, invitation, making) "
           "VALUES (?, ?, ?, ?)",
           kConditional)
      .Add(&S::invitation_delete, "invitations.delete",
           "DELETE FROM {keyspace}.invitations WHERE created_by = ? AND id = ?", kConditional)
      .Add(&S::invitation_read, "invitations.find",
           fmt::format("SELECT {} FROM {{keyspace}}.invitations WHERE created_by = ? AND id = ?",
                       kInvitationColumns),
           kRead)
      .Add(&S::invitation_key_insert, "invitation_keys.insert",
           "INSERT INTO {keyspace}.invitation_keys (key, created_by, id) VALUES (?, ?, ?)",
           kBlindWrite)
      .Add(&S::invitation_key_delete, "invitation_keys.delete",
           "DELETE FROM {keyspace}.invitation_keys WHERE key = ?", kBlindWrite)
      .Add(&S::invitation_key_read, "invitation_keys.find",
           "SELECT created_by, id FROM {keyspace}.invitation_keys WHERE key = ?", kRead);
}

void AddAdministration(Preparer& to) {
  const std::string journal =
      "SELECT version, recent, step FROM {keyspace}.administration WHERE name = 'journal'";
  to.Add(&S::journal_read, "administration.read", journal, kRead)
      .Add(&S::journal_read_serial, "administration.settle", journal, kSerialRead)
      .Add(&S::journal_write, "administration.write",
           "UPDATE {keyspace}.administration SET version = ?, recent = ?, step = ? "
           "WHERE name = 'journal' IF version = ?",
           kConditional)
      .Add(&S::admin_claim_insert, "admin_claims.insert",
           "INSERT INTO {keyspace}.admin_claims (token_hash) VALUES (?) IF NOT EXISTS",
           kConditional)
      .Add(&S::admin_claim_delete, "admin_claims.delete",
           "DELETE FROM {keyspace}.admin_claims WHERE token_hash = ? IF EXISTS", kConditional)
      .Add(&S::admin_claim_read, "admin_claims.find",
           "SELECT token_hash FROM {keyspace}.admin_claims WHERE token_hash = ?", kRead)
      .Add(&S::reset_token_insert, "password_reset_tokens.insert",
           "INSERT INTO {keyspace}.password_reset_tokens (token_hash, user_id) VALUES (?, ?)",
           kBlindWrite)
      .Add(&S::reset_token_delete, "password_reset_tokens.delete",
           "DELETE FROM {keyspace}.password_reset_tokens WHERE token_hash = ?", kBlindWrite)
      .Add(&S::reset_token_read, "password_reset_tokens.find",
           "SELECT user_id FROM {keyspace}.password_reset_tokens WHERE token_hash = ?", kRead)
      .Add(&S::setting_write, "settings.write",
           "INSERT INTO {keyspace}.settings (name, value) VALUES (?, ?) USING TIMESTAMP ?",
           kBlindWrite)
      .Add(&S::setting_read, "settings.find",
           "SELECT value FROM {keyspace}.settings WHERE name = ?", kRead);
}

void AddAudit(Preparer& to) {
  to.Add(&S::audit_insert, "audit.insert",
         "INSERT INTO {keyspace}.audit (period, id, entry) VALUES (?, ?, ?)", kBlindWrite)
      .Add(&S::audit_read, "audit.list",
           "SELECT id, entry FROM {keyspace}.audit WHERE period = ? AND id < ? LIMIT ?", kRead)
      .Add(&S::audit_delete, "audit.delete", "DELETE FROM {keyspace}.audit WHERE period = ?",
           kBlindWrite)
      .Add(&S::audit_delete_before, "audit.delete_before",
           "DELETE FROM {keyspace}.audit WHERE period = ? AND id < ?", kBlindWrite)
      .Add(&S::audit_period_insert, "audit_periods.insert",
           "INSERT INTO {keyspace}.audit_periods (log, period) VALUES ('audit', ?)", kBlindWrite)
      .Add(&S::audit_period_delete, "audit_periods.delete",
           "DELETE FROM {keyspace}.audit_periods WHERE log = 'audit' AND period = ?", kBlindWrite)
      .Add(&S::audit_periods_read, "audit_periods.list",
           "SELECT period FROM {keyspace}.audit_periods WHERE log = 'audit'", kRead);
}

void AddMeta(Preparer& to) {
  to.Add(&S::secret_key_insert, "secret_keys.insert",
         "INSERT INTO {keyspace}.secret_keys (name, key) VALUES (?, ?) IF NOT EXISTS", kConditional)
      .Add(&S::secret_key_read, "secret_keys.find",
           "SELECT key FROM {keyspace}.secret_keys WHERE name = ?", kSerialRead)
      .Add(&S::fleet_time_write, "fleet_times.write",
           "INSERT INTO {keyspace}.fleet_times (name, at) VALUES ('fleet', ?) USING TIMESTAMP ?",
           kBlindWrite)
      .Add(&S::fleet_time_read, "fleet_times.find",
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
