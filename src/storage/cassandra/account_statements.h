#pragma once

#include "base/result.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// The statements of AccountTables, prepared on one session. What they select and bind, and in
/// which order, is in account_statements.cc. `_serial` reads settle conditional writes under way.
struct AccountStatements {
  Session* session = nullptr;

  const Statement* person_read = nullptr;
  const Statement* person_read_serial = nullptr;
  const Statement* person_read_sessions = nullptr;  ///< with their sessions; serial
  const Statement* person_write = nullptr;
  const Statement* person_active = nullptr;

  const Statement* session_insert = nullptr;
  const Statement* session_delete = nullptr;
  const Statement* session_read = nullptr;
  const Statement* sessions_read = nullptr;
  const Statement* session_token_insert = nullptr;
  const Statement* session_token_delete = nullptr;
  const Statement* session_token_read = nullptr;
  const Statement* session_use_write = nullptr;
  const Statement* session_use_read = nullptr;
  const Statement* session_uses_read = nullptr;

  const Statement* username_claim = nullptr;
  const Statement* username_free = nullptr;
  const Statement* username_read = nullptr;
  const Statement* username_read_serial = nullptr;

  const Statement* search_prefix_insert = nullptr;
  const Statement* search_prefixes_read = nullptr;
  const Statement* search_term_insert = nullptr;
  const Statement* search_term_delete = nullptr;
  const Statement* search_terms_read = nullptr;

  const Statement* journal_read = nullptr;
  const Statement* journal_read_serial = nullptr;
  const Statement* journal_write = nullptr;
  const Statement* admin_claim_insert = nullptr;
  const Statement* admin_claim_delete = nullptr;
  const Statement* admin_claim_read = nullptr;

  const Statement* invitations_read = nullptr;
  const Statement* invitations_read_serial = nullptr;
  const Statement* invitations_write = nullptr;
  const Statement* invitation_insert = nullptr;
  const Statement* invitation_delete = nullptr;
  const Statement* invitation_read = nullptr;
  const Statement* invitation_key_insert = nullptr;
  const Statement* invitation_key_delete = nullptr;
  const Statement* invitation_key_read = nullptr;

  const Statement* reset_token_insert = nullptr;
  const Statement* reset_token_delete = nullptr;
  const Statement* reset_token_read = nullptr;

  const Statement* setting_write = nullptr;
  const Statement* setting_read = nullptr;
  const Statement* audit_insert = nullptr;
  const Statement* audit_read = nullptr;
  const Statement* audit_delete = nullptr;
  const Statement* audit_delete_before = nullptr;
  const Statement* audit_period_insert = nullptr;
  const Statement* audit_period_delete = nullptr;
  const Statement* audit_periods_read = nullptr;

  const Statement* secret_key_insert = nullptr;
  const Statement* secret_key_read = nullptr;
  const Statement* fleet_time_write = nullptr;
  const Statement* fleet_time_read = nullptr;

  /// Blocks; from no shard. The tables must be there. `session` outlives the statements.
  static Result<AccountStatements> Prepare(Session& session);
};

}  // namespace parley::storage::cassandra
