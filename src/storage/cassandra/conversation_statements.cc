#include "storage/cassandra/conversation_statements.h"

#include <string>

#include <fmt/format.h>

#include "storage/cassandra/log_tables.h"
#include "storage/cassandra/preparing.h"

namespace parley::storage::cassandra {
namespace {

constexpr int kRowsPerPage = 1'000;
/// Of rows that may have a text of the greatest length each.
constexpr int kMessagesPerPage = 100;

void PrepareLog(Preparing& prepare, ConversationStatements& statements) {
  statements.raise_head = prepare(
      "log.append",
      "UPDATE {keyspace}.log SET head_seq = ?, head = ? WHERE conversation = ? AND bucket = ? "
      "IF head_seq = ?",
      {});
  statements.insert_entry =
      prepare("log.insert",
              "INSERT INTO {keyspace}.log (conversation, bucket, class, seq, entry) "
              "VALUES (?, ?, ?, ?, ?)",
              {});
  const std::string read_head =
      "SELECT DISTINCT head FROM {keyspace}.log WHERE conversation = ? AND bucket = ?";
  statements.read_head = prepare("log.head", read_head);
  statements.read_head_serially =
      prepare("log.head_serial", read_head, {.idempotent = true, .serial = true});
  // Both slices in one read, so that none is of another moment than the other.
  const std::string read_entries =
      "SELECT seq, entry FROM {keyspace}.log WHERE conversation = ? AND bucket = ? AND "
      "class IN (0, 1) AND seq >= ? AND seq <= ?";
  statements.read_entries = prepare("log.entries", read_entries);
  statements.read_entries_serially =
      prepare("log.entries_serial", read_entries, {.idempotent = true, .serial = true});
  statements.read_entry = prepare("log.entry",
                                  "SELECT entry FROM {keyspace}.log WHERE conversation = ? AND "
                                  "bucket = ? AND class = ? AND seq = ?");
  statements.read_messages_before =
      prepare("log.messages_before",
              "SELECT seq, entry FROM {keyspace}.log WHERE conversation = ? AND bucket = ? AND "
              "class = 0 AND seq <= ? ORDER BY class DESC, seq DESC LIMIT ?",
              {.idempotent = true, .page_size = kMessagesPerPage});
  statements.read_messages_after =
      prepare("log.messages_after",
              "SELECT seq, entry FROM {keyspace}.log WHERE conversation = ? AND bucket = ? AND "
              "class = 0 AND seq >= ? LIMIT ?",
              {.idempotent = true, .page_size = kMessagesPerPage});
  statements.add_active = prepare(
      "active.add", "INSERT INTO {keyspace}.active (minute, shard, conversation) VALUES (?, ?, ?)");
  statements.list_active = prepare(
      "active.list", "SELECT conversation FROM {keyspace}.active WHERE minute = ? AND shard = ?",
      {.idempotent = true, .page_size = kRowsPerPage});
}

void PrepareEffects(Preparing& prepare, ConversationStatements& statements) {
  statements.write_info = prepare("conversation.info_write",
                                  "UPDATE {keyspace}.conversations USING TIMESTAMP ? SET info = ? "
                                  "WHERE conversation = ?");
  statements.read_info = prepare(
      "conversation.info", "SELECT info FROM {keyspace}.conversations WHERE conversation = ?");
  statements.raise_applied =
      prepare("conversation.applied_write",
              "UPDATE {keyspace}.conversations USING TIMESTAMP ? SET applied = ?, applied_at = ? "
              "WHERE conversation = ?");
  statements.read_applied =
      prepare("conversation.applied",
              "SELECT applied FROM {keyspace}.conversations WHERE conversation = ?");
  statements.write_member = prepare("members.write",
                                    "UPDATE {keyspace}.members USING TIMESTAMP ? SET member = ? "
                                    "WHERE conversation = ? AND user = ?");
  statements.write_left_member = prepare(
      "members.write_left", fmt::format("UPDATE {{keyspace}}.members USING TIMESTAMP ? AND TTL {} "
                                        "SET member = ? WHERE conversation = ? AND user = ?",
                                        kLeftSeconds));
  statements.read_members =
      prepare("members.read", "SELECT user, member FROM {keyspace}.members WHERE conversation = ?",
              {.idempotent = true, .page_size = kRowsPerPage});
  statements.write_sent = prepare("sent.write",
                                  "UPDATE {keyspace}.sent USING TIMESTAMP ? SET sent = ? "
                                  "WHERE conversation = ? AND sender = ? AND client_id = ?");
  statements.find_sent = prepare("sent.find",
                                 "SELECT sent FROM {keyspace}.sent WHERE conversation = ? AND "
                                 "sender = ? AND client_id = ?");
  statements.write_mention = prepare("mentions.write",
                                     "INSERT INTO {keyspace}.mentions (user, conversation, seq) "
                                     "VALUES (?, ?, ?) USING TIMESTAMP ?");
  statements.find_mentions =
      prepare("mentions.count",
              "SELECT seq FROM {keyspace}.mentions WHERE user = ? AND conversation = ? AND seq > ? "
              "LIMIT ?",
              {.idempotent = true, .page_size = kRowsPerPage});
}

void PreparePeople(Preparing& prepare, ConversationStatements& statements) {
  statements.write_membership =
      prepare("memberships.write",
              "UPDATE {keyspace}.memberships USING TIMESTAMP ? SET member = ? "
              "WHERE user = ? AND conversation = ? AND stay = 0");
  statements.write_left_membership =
      prepare("memberships.write_left",
              fmt::format("UPDATE {{keyspace}}.memberships USING TIMESTAMP ? AND TTL {} "
                          "SET member = ? WHERE user = ? AND conversation = ? AND stay = 0",
                          kLeftSeconds));
  statements.forget_stays =
      prepare("memberships.forget_stays",
              "DELETE FROM {keyspace}.memberships USING TIMESTAMP ? WHERE user = ? AND "
              "conversation = ? AND stay > 0 AND stay < ?");
  const std::string read_memberships =
      "SELECT conversation, stay, member, read_seq, read_n, read_at, delivered_seq, delivered_at "
      "FROM {keyspace}.memberships WHERE user = ?";
  statements.find_membership =
      prepare("memberships.find", read_memberships + " AND conversation = ?");
  statements.read_memberships = prepare("memberships.read", read_memberships,
                                        {.idempotent = true, .page_size = kRowsPerPage});
  statements.write_read =
      prepare("positions.write_read",
              "UPDATE {keyspace}.memberships USING TIMESTAMP ? SET read_seq = ?, read_n = ?, "
              "read_at = ? WHERE user = ? AND conversation = ? AND stay = ?");
  statements.write_delivered =
      prepare("positions.write_delivered",
              "UPDATE {keyspace}.memberships USING TIMESTAMP ? SET delivered_seq = ?, "
              "delivered_at = ? WHERE user = ? AND conversation = ? AND stay = ?");
  statements.read_position =
      prepare("positions.read", read_memberships + " AND conversation = ? AND stay = ?");
}

}  // namespace

Result<ConversationStatements> ConversationStatements::Prepare(Session& session) {
  ConversationStatements statements;
  Preparing prepare(session);
  PrepareLog(prepare, statements);
  PrepareEffects(prepare, statements);
  PreparePeople(prepare, statements);
  PARLEY_TRY(prepare.status());
  return statements;
}

}  // namespace parley::storage::cassandra
