#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "model/administration.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/account_version.h"

namespace parley::storage::cassandra {

/// Everything about one person that is decided together: their partition of `users`.
struct UserRow {
  Version version;
  std::optional<User> user;  ///< nobody: there is no such account (yet)
  std::string password_hash;
  std::optional<PasswordReset> reset;
  std::int64_t step = 0;                  ///< the last administrative step that changed them
  bool abandoned = false;                 ///< was given up before it was made, and never will be
  std::vector<parley::Session> sessions;  ///< only where they were read: UserPart::kAll
};

/// How much of it is read.
enum class UserPart {
  kPerson,  ///< all but the sessions
  kAll,
};

/// Reads and changes people, each atomically. Threads and lifetime as AccountStore.
class UserRows {
 public:
  /// Changes the row in place, or not; answers whether it did. May be called several times, each
  /// time with the row as it is then. Sessions that it adds or takes out are written and deleted.
  using ChangeRow = UniqueFunction<Result<bool>(UserRow& row)>;

  explicit UserRows(const AccountStatements& statements) : cql_(statements) {}

  /// An empty row where there is nobody.
  runtime::Task<Result<UserRow>> Read(UserId user, UserPart part);
  /// The row as it is then: changed, or left by `change`; its error where it answers one, with
  /// nothing written. kUnknown where it may have been changed.
  runtime::Task<Result<UserRow>> Change(UserId user, UserPart part, ChangeRow change);

  runtime::Task<Result<User>> Find(UserId user);
  /// Those that exist, in the order asked for.
  runtime::Task<Result<std::vector<User>>> FindMany(std::vector<UserId> users);
  /// Moves last_active_at forward; somebody who is not there stays so.
  runtime::Task<Status> SetActive(UserId user, TimePoint at);

 private:
  /// Settles changes that are under way first.
  runtime::Task<Result<UserRow>> ReadSettled(UserId user, UserPart part);
  std::vector<Bound> Batch(UserId user, const UserRow& before, const UserRow& after,
                           const Version& next) const;

  const AccountStatements& cql_;
};

Status NoSuchUser();

}  // namespace parley::storage::cassandra
