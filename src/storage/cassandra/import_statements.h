#pragma once

#include "base/result.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/conversation_statements.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// What an import writes. Rows that live servers change by conditions alone are written plainly
/// here, while there is no server, and with the least of times: whatever a server writes later wins
/// over them. All others are written as the stores do it.
struct ImportStatements {
  AccountStatements accounts;
  ConversationStatements conversations;

  const Statement* secret_key = nullptr;
  const Statement* profile = nullptr;
  const Statement* password = nullptr;
  const Statement* reset = nullptr;
  const Statement* session = nullptr;
  const Statement* username = nullptr;
  const Statement* admin_claim = nullptr;
  const Statement* invitation = nullptr;
  const Statement* entry = nullptr;
  const Statement* head = nullptr;  ///< of a bucket: the highest stays

  // The mark of a move (move_mark.h).
  const Statement* mark_read = nullptr;
  const Statement* mark_begin = nullptr;
  const Statement* mark_progress = nullptr;
  const Statement* mark_finish = nullptr;
  const Statement* mark_remove = nullptr;

  /// Blocks; from no shard. The tables must be there. `session` outlives the statements.
  static Result<ImportStatements> Prepare(Session& session);
};

}  // namespace parley::storage::cassandra
