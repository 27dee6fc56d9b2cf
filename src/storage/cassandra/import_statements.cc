#include "storage/cassandra/import_statements.h"

#include "storage/cassandra/preparing.h"

namespace parley::storage::cassandra {
namespace {

/// The same bytes with the same time, however often.
constexpr StatementOptions kBlindWrite{.idempotent = true};
constexpr StatementOptions kSerialRead{.idempotent = true, .serial = true};
constexpr StatementOptions kConditional{};

void PreparePeople(Preparing& prepare, ImportStatements& statements) {
  statements.secret_key =
      prepare("import.secret_key",
              "INSERT INTO {keyspace}.secret_keys (name, key) VALUES (?, ?) USING TIMESTAMP 1",
              kBlindWrite);
  // As an account is once it was made: changed once.
  statements.profile = prepare("import.profile",
                               "UPDATE {keyspace}.users USING TIMESTAMP 1 SET version = 1, "
                               "recent = ?, profile = ? WHERE user_id = ?",
                               kBlindWrite);
  statements.password =
      prepare("import.password",
              "UPDATE {keyspace}.users USING TIMESTAMP 1 SET password_hash = ? WHERE user_id = ?",
              kBlindWrite);
  statements.reset = prepare(
      "import.reset", "UPDATE {keyspace}.users USING TIMESTAMP 1 SET reset = ? WHERE user_id = ?",
      kBlindWrite);
  statements.session = prepare("import.session",
                               "INSERT INTO {keyspace}.users (user_id, session_id, session, "
                               "token_hash) VALUES (?, ?, ?, ?) USING TIMESTAMP 1",
                               kBlindWrite);
  statements.username = prepare("import.username",
                                "INSERT INTO {keyspace}.usernames (name, user_id, claimed_at) "
                                "VALUES (?, ?, ?) USING TIMESTAMP 1",
                                kBlindWrite);
  statements.admin_claim = prepare(
      "import.admin_claim",
      "INSERT INTO {keyspace}.admin_claims (token_hash) VALUES (?) USING TIMESTAMP 1", kBlindWrite);
  statements.invitation = prepare("import.invitation",
                                  "INSERT INTO {keyspace}.invitations (created_by, id, invitation) "
                                  "VALUES (?, ?, ?) USING TIMESTAMP 1",
                                  kBlindWrite);
}

void PrepareLog(Preparing& prepare, ImportStatements& statements) {
  statements.entry = prepare("import.entry",
                             "INSERT INTO {keyspace}.log (conversation, bucket, class, seq, entry) "
                             "VALUES (?, ?, ?, ?, ?) USING TIMESTAMP 1",
                             kBlindWrite);
  statements.head = prepare("import.head",
                            "UPDATE {keyspace}.log USING TIMESTAMP ? SET head_seq = ?, head = ? "
                            "WHERE conversation = ? AND bucket = ?",
                            kBlindWrite);
}

void PrepareMark(Preparing& prepare, ImportStatements& statements) {
  statements.mark_read = prepare(
      "moves.read", "SELECT source, finished, progress FROM {keyspace}.moves WHERE name = 'import'",
      kSerialRead);
  statements.mark_begin = prepare("moves.begin",
                                  "UPDATE {keyspace}.moves SET source = ?, finished = false "
                                  "WHERE name = 'import' IF source = null",
                                  kConditional);
  statements.mark_progress =
      prepare("moves.progress",
              "UPDATE {keyspace}.moves USING TIMESTAMP ? SET progress = ? WHERE name = 'import'",
              kBlindWrite);
  statements.mark_finish = prepare(
      "moves.finish",
      "UPDATE {keyspace}.moves SET finished = true WHERE name = 'import' IF finished = false",
      kConditional);
  // A deletion of the row would be later than the times of `progress`, for ever.
  statements.mark_remove = prepare("moves.remove",
                                   "UPDATE {keyspace}.moves SET source = null, finished = null "
                                   "WHERE name = 'import' IF finished = false",
                                   kConditional);
}

}  // namespace

Result<ImportStatements> ImportStatements::Prepare(Session& session) {
  ImportStatements statements;
  PARLEY_ASSIGN(statements.accounts, AccountStatements::Prepare(session));
  PARLEY_ASSIGN(statements.conversations, ConversationStatements::Prepare(session));
  Preparing prepare(session);
  PreparePeople(prepare, statements);
  PrepareLog(prepare, statements);
  PrepareMark(prepare, statements);
  PARLEY_TRY(prepare.status());
  return statements;
}

}  // namespace parley::storage::cassandra
