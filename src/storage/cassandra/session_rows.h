#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/user_rows.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {

/// The session as the column `session`; its token's hash has a column of its own.
Value SessionValue(const parley::Session& session);
Result<parley::Session> ReadSession(Cell session, Cell token_hash);
Result<TokenHash> ReadTokenHash(Cell bytes);

/// Sessions: a row in the person's partition each, which alone says that there is one; a row that
/// leads there from the token; and their last uses. Threads and lifetime as AccountStore, whose
/// functions these are.
class SessionRows {
 public:
  SessionRows(const AccountStatements& statements, UserRows& users)
      : cql_(statements), users_(users) {}

  runtime::Task<Status> Create(parley::Session session);
  runtime::Task<Result<parley::Session>> Find(TokenHash token_hash);
  runtime::Task<Result<std::vector<parley::Session>>> List(UserId user);
  runtime::Task<Status> Delete(UserId user, SessionId session);
  runtime::Task<Status> Touch(UserId user, SessionId session, TimePoint at);

  /// Deletes what led to sessions that have gone from their person's partition. Whatever fails
  /// leaves a row that leads nowhere.
  runtime::Task<void> DropTokens(std::vector<parley::Session> gone);

 private:
  const AccountStatements& cql_;
  UserRows& users_;
};

}  // namespace parley::storage::cassandra
