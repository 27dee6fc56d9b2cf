#include "storage/cassandra/user_names.h"

#include <utility>

#include "storage/cassandra/value.h"
#include "storage/search_terms.h"

namespace parley::storage::cassandra {
namespace {

/// Rounds of claiming, reading whose it is, and freeing what was abandoned.
constexpr int kClaimAttempts = 4;

Status Taken() { return Conflict("the username is taken"); }

}  // namespace

runtime::Task<Result<std::optional<UserNames::Holder>>> UserNames::ReadHolder(const Statement* read,
                                                                              std::string name) {
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await ExecuteRepeatedly(cql_.session, Bind(*read, TextValue(name))));
  if (rows.empty()) co_return std::optional<Holder>();
  Holder holder;
  PARLEY_CO_ASSIGN(holder.user, ReadId<UserId>(rows[0][0]));
  PARLEY_CO_ASSIGN(holder.since, ReadTimestamp(rows[0][1]));
  co_return std::optional(holder);
}

runtime::Task<Result<User>> UserNames::Find(std::string username) {
  PARLEY_CO_ASSIGN(const std::optional<Holder> holder,
                   co_await ReadHolder(cql_.username_read, std::move(username)));
  if (!holder) co_return NoSuchUser();
  co_return co_await users_.Find(holder->user);
}

runtime::Task<Status> UserNames::Free(std::string username, UserId user) {
  const Result<Rows> freed = co_await ExecuteRepeatedly(
      cql_.session, Bind(*cql_.username_free, TextValue(std::move(username)), UuidValue(user)));
  co_return freed.status();
}

runtime::Task<Result<bool>> UserNames::Settle(UserId user, std::string username) {
  PARLEY_CO_ASSIGN(const UserRow row, co_await users_.Change(user, UserPart::kPerson,
                                                             [](UserRow& row) -> Result<bool> {
                                                               if (row.user || row.abandoned)
                                                                 return false;
                                                               row.abandoned = true;
                                                               return true;
                                                             }));
  if (row.user) co_return true;
  PARLEY_CO_TRY(co_await Free(std::move(username), user));
  co_return false;
}

runtime::Task<Status> UserNames::Claim(std::string username, UserId user, TimePoint now) {
  for (int attempt = 0; attempt < kClaimAttempts; ++attempt) {
    const Result<Rows> claimed = co_await cql_.session->Execute(
        Bind(*cql_.username_claim, TextValue(username), UuidValue(user), TimestampValue(now)));
    if (claimed.ok() && claimed->applied()) co_return Status::Ok();
    if (!claimed.ok() && claimed.status().code() != StatusCode::kUnknown) {
      co_return claimed.status();
    }
    PARLEY_CO_ASSIGN(const std::optional<Holder> holder,
                     co_await ReadHolder(cql_.username_read_serial, username));
    if (!holder) {  // free again meanwhile, or ours was not done
      co_await BackOff(attempt);
      continue;
    }
    if (holder->user == user) co_return Status::Ok();
    PARLEY_CO_ASSIGN(const UserRow row, co_await users_.Read(holder->user, UserPart::kPerson));
    const bool stale = row.abandoned || holder->since + kMakingTime <= now;
    if (row.user || !stale) co_return Taken();
    PARLEY_CO_ASSIGN(const bool made, co_await Settle(holder->user, username));
    if (made) co_return Taken();
  }
  co_return TooManyChanges();
}

runtime::Task<Status> UserNames::Write(User user, std::string password_hash) {
  // They lead to nobody yet; with the least version, so that every later change wins over them.
  PARLEY_CO_TRY(co_await search_.Insert(user, SearchTerms(user), 0));
  const Result<UserRow> written = co_await users_.Change(
      user.id, UserPart::kPerson,
      [user, hash = std::move(password_hash)](UserRow& row) -> Result<bool> {
        if (row.abandoned) return Unavailable("making the account took too long: please try again");
        if (row.user) return Conflict("there is an account with this id");
        row.user = user;
        row.password_hash = hash;
        return true;
      });
  co_return written.status();
}

runtime::Task<Status> UserNames::Create(User user, std::string password_hash) {
  const UserId id = user.id;
  const std::string username = user.username;
  const TimePoint now = user.created_at;
  PARLEY_CO_TRY(co_await Claim(username, id, now));
  const Status written = co_await Write(std::move(user), std::move(password_hash));
  if (!written.ok() && written.code() != StatusCode::kUnknown) {
    // Frees the name only if there is no account: not where this was done before.
    IgnoreStatus((co_await Settle(id, username)).status(), "the next who wants the name does it");
  }
  co_return written;
}

}  // namespace parley::storage::cassandra
