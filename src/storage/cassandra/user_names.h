#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/search_rows.h"
#include "storage/cassandra/user_rows.h"

namespace parley::storage::cassandra {

/// A username that was claimed so long ago, for an account that is still not there, is free again:
/// whoever claimed it is gone.
inline constexpr std::chrono::minutes kMakingTime{1};

/// Usernames, and the making of accounts: first the name is claimed, then the person's partition
/// is written, and with this the account is there. A name that leads to nobody belongs to an
/// account that is being made; once it is old (kMakingTime) the next one who wants the name, or
/// looks after an invitation, abandons the account, so that it cannot come any more, and frees the
/// name. Threads and lifetime as AccountStore.
class UserNames {
 public:
  UserNames(const AccountStatements& statements, UserRows& users, SearchRows& search)
      : cql_(statements), users_(users), search_(search) {}

  /// AccountStore::CreateUser. Where it fails with anything but kUnknown, the account is not there
  /// and will not come.
  runtime::Task<Status> Create(User user, std::string password_hash);
  /// The first half of Create: the name is theirs. `now` is the time of the one who asks.
  runtime::Task<Status> Claim(std::string username, UserId user, TimePoint now);

  runtime::Task<Result<User>> Find(std::string username);
  /// Whether the account was made; if not, it will not be any more, and the name is free.
  runtime::Task<Result<bool>> Settle(UserId user, std::string username);

 private:
  struct Holder {
    UserId user;
    TimePoint since;
  };

  runtime::Task<Result<std::optional<Holder>>> ReadHolder(const Statement* read, std::string name);
  runtime::Task<Status> Free(std::string username, UserId user);
  runtime::Task<Status> Write(User user, std::string password_hash);

  const AccountStatements& cql_;
  UserRows& users_;
  SearchRows& search_;
};

}  // namespace parley::storage::cassandra
