#include "storage/cassandra/user_rows.h"

#include <algorithm>
#include <utility>

#include "storage/cassandra/session_rows.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

// The columns of person_read, in order; session and token_hash in person_read_sessions alone.
enum Column : std::size_t {
  kVersion,
  kRecent,
  kProfile,
  kLastActiveAt,
  kPasswordHash,
  kReset,
  kStep,
  kAbandoned,
  kSession,
  kTokenHash,
};

/// The hash of the token, then the record, which does not repeat it.
Value ResetValue(const std::optional<PasswordReset>& reset) {
  if (!reset) return NullValue();
  std::string bytes(reset->token_hash.begin(), reset->token_hash.end());
  wire::AppendRecord(bytes, *reset);
  return bytes;
}

Result<PasswordReset> ReadReset(std::string_view bytes) {
  const std::size_t size = std::tuple_size_v<TokenHash>;
  PARLEY_ASSIGN(const TokenHash hash, ReadTokenHash(bytes.substr(0, std::min(size, bytes.size()))));
  return wire::ReadPasswordResetRecord(bytes.substr(size), hash);
}

Value ProfileValue(const std::optional<User>& user) {
  if (!user) return NullValue();
  std::string bytes;
  wire::AppendRecord(bytes, *user);
  return bytes;
}

Result<std::optional<User>> ReadUser(const Row& row, UserId id) {
  const Cell profile = row[kProfile];
  if (!profile) return std::optional<User>();
  PARLEY_ASSIGN(User user, wire::ReadUserRecord(*profile, id));
  if (row[kLastActiveAt]) {
    PARLEY_ASSIGN(const TimePoint at, ReadTimestamp(row[kLastActiveAt]));
    user.last_active_at = std::max(user.last_active_at.value_or(at), at);
  }
  return std::optional(std::move(user));
}

Result<UserRow> ReadPerson(const Row& row, UserId id) {
  UserRow person;
  PARLEY_ASSIGN(person.version, ReadVersion(row[kVersion], row[kRecent]));
  PARLEY_ASSIGN(person.user, ReadUser(row, id));
  person.password_hash = row[kPasswordHash].value_or("");
  if (const Cell reset = row[kReset]) {
    PARLEY_ASSIGN(person.reset, ReadReset(*reset));
  }
  if (row[kStep]) {
    PARLEY_ASSIGN(person.step, ReadBigint(row[kStep]));
  }
  if (row[kAbandoned]) {
    PARLEY_ASSIGN(person.abandoned, ReadBoolean(row[kAbandoned]));
  }
  return person;
}

/// All rows of a partition: the person is in each, or alone in one.
Result<UserRow> ReadRows(const Rows& rows, UserId user) {
  if (rows.empty()) return UserRow();
  PARLEY_ASSIGN(UserRow person, ReadPerson(rows[0], user));
  for (const Row row : rows) {
    if (!row[kSession]) continue;  // the person alone
    PARLEY_ASSIGN(parley::Session session, ReadSession(row[kSession], row[kTokenHash]));
    person.sessions.push_back(std::move(session));
  }
  return person;
}

bool Has(const std::vector<parley::Session>& sessions, SessionId id) {
  return std::ranges::find(sessions, id, &parley::Session::id) != sessions.end();
}

}  // namespace

Status NoSuchUser() { return NotFound("no such user"); }

// -- Reading --------------------------------------------------------------------------------------

runtime::Task<Result<UserRow>> UserRows::Read(UserId user, UserPart part) {
  if (part == UserPart::kAll) co_return co_await ReadSettled(user, part);
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await cql_.session->Execute(Bind(*cql_.person_read, UuidValue(user))));
  co_return ReadRows(rows, user);
}

runtime::Task<Result<UserRow>> UserRows::ReadSettled(UserId user, UserPart part) {
  const Statement& statement =
      part == UserPart::kAll ? *cql_.person_read_sessions : *cql_.person_read_serial;
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await ExecuteRepeatedly(cql_.session, Bind(statement, UuidValue(user))));
  co_return ReadRows(rows, user);
}

runtime::Task<Result<User>> UserRows::Find(UserId user) {
  PARLEY_CO_ASSIGN(UserRow row, co_await Read(user, UserPart::kPerson));
  if (!row.user) co_return NoSuchUser();
  co_return *std::move(row.user);
}

runtime::Task<Result<std::vector<User>>> UserRows::FindMany(std::vector<UserId> users) {
  std::vector<Bound> reads;
  reads.reserve(users.size());
  for (const UserId& user : users) reads.push_back(Bind(*cql_.person_read, UuidValue(user)));
  PARLEY_CO_ASSIGN(const std::vector<Rows> answers,
                   co_await cql_.session->ExecuteAll(std::move(reads)));
  std::vector<User> found;
  found.reserve(users.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].empty()) continue;
    PARLEY_CO_ASSIGN(std::optional<User> user, ReadUser(answers[i][0], users[i]));
    if (user) found.push_back(*std::move(user));
  }
  co_return std::move(found);
}

// -- Writing --------------------------------------------------------------------------------------

std::vector<Bound> UserRows::Batch(UserId user, const UserRow& before, const UserRow& after,
                                   const Version& next) const {
  std::vector<Bound> batch;
  batch.reserve(1 + before.sessions.size() + after.sessions.size());
  batch.push_back(
      Bind(*cql_.person_write, VersionValue(next), BlobValue(next.recent), ProfileValue(after.user),
           after.password_hash.empty() ? NullValue() : TextValue(after.password_hash),
           ResetValue(after.reset), after.step == 0 ? NullValue() : BigintValue(after.step),
           after.abandoned ? BooleanValue(true) : NullValue(), UuidValue(user),
           VersionValue(before.version)));
  for (const parley::Session& session : before.sessions) {
    if (Has(after.sessions, session.id)) continue;
    batch.push_back(Bind(*cql_.session_delete, UuidValue(user), UuidValue(session.id)));
  }
  for (const parley::Session& session : after.sessions) {
    if (Has(before.sessions, session.id)) continue;
    batch.push_back(Bind(*cql_.session_insert, UuidValue(user), UuidValue(session.id),
                         SessionValue(session), BlobValue(session.token_hash)));
  }
  return batch;
}

runtime::Task<Result<UserRow>> UserRows::Change(UserId user, UserPart part, ChangeRow change) {
  for (int attempt = 0; attempt < kChangeAttempts; ++attempt) {
    // The condition finds out whether the first, cheaper read was old.
    Result<UserRow> read =
        attempt == 0 ? co_await Read(user, part) : co_await ReadSettled(user, part);
    if (!read.ok()) co_return read.status();
    const UserRow before = *std::move(read);
    UserRow after = before;
    PARLEY_CO_ASSIGN(const bool differs, change(after));
    if (!differs) co_return std::move(after);
    const Uuid nonce = NewNonce();
    after.version = before.version.Next(nonce);
    VersionedChange write{.batch = Batch(user, before, after, after.version),
                          .read = Bind(*cql_.person_read_serial, UuidValue(user)),
                          .before = before.version,
                          .nonce = nonce};
    PARLEY_CO_ASSIGN(const Changed changed,
                     co_await WriteVersioned(cql_.session, std::move(write)));
    if (changed == Changed::kYes) co_return std::move(after);
    co_await BackOff(attempt);
  }
  co_return TooManyChanges();
}

runtime::Task<Status> UserRows::SetActive(UserId user, TimePoint at) {
  const Result<Rows> written = co_await cql_.session->Execute(
      Bind(*cql_.person_active, BigintValue(ToMillis(at)), TimestampValue(at), UuidValue(user)));
  co_return written.status();
}

}  // namespace parley::storage::cassandra
