#pragma once

#include "base/result.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// All that is ever asked of the tables of conversations, prepared. The parameters are those of the
/// CQL in conversation_statements.cc, in its order. Live as long as their Session.
struct ConversationStatements {
  /// Blocks; from no shard.
  static Result<ConversationStatements> Prepare(Session& session);

  // The log.
  const Statement* raise_head = nullptr;  ///< the condition of a batch
  const Statement* insert_entry = nullptr;
  const Statement* read_head = nullptr;
  const Statement* read_head_serially = nullptr;
  const Statement* read_entries = nullptr;
  const Statement* read_entries_serially = nullptr;
  const Statement* read_entry = nullptr;
  const Statement* read_messages_before = nullptr;
  const Statement* read_messages_after = nullptr;
  const Statement* list_active = nullptr;
  const Statement* add_active = nullptr;

  // What follows from it.
  const Statement* write_info = nullptr;
  const Statement* read_info = nullptr;
  const Statement* raise_applied = nullptr;
  const Statement* read_applied = nullptr;
  const Statement* write_member = nullptr;
  const Statement* write_left_member = nullptr;
  const Statement* read_members = nullptr;
  const Statement* write_sent = nullptr;
  const Statement* find_sent = nullptr;
  const Statement* write_mention = nullptr;
  const Statement* find_mentions = nullptr;

  // People.
  const Statement* write_membership = nullptr;
  const Statement* write_left_membership = nullptr;
  const Statement* forget_stays = nullptr;
  const Statement* find_membership = nullptr;
  const Statement* read_memberships = nullptr;
  const Statement* write_read = nullptr;
  const Statement* write_delivered = nullptr;
  const Statement* read_position = nullptr;
};

}  // namespace parley::storage::cassandra
