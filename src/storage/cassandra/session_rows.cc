#include "storage/cassandra/session_rows.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

Status NoSuchSession() { return NotFound("no such session"); }

/// Shows the last use that a row of session_uses tells of.
Status ShowUse(const Rows& uses, std::vector<parley::Session>& sessions) {
  std::map<SessionId, TimePoint> at;
  for (const Row row : uses) {
    PARLEY_ASSIGN(const SessionId id, ReadId<SessionId>(row[0]));
    if (!row[1]) continue;
    PARLEY_ASSIGN(at[id], ReadTimestamp(row[1]));
  }
  for (parley::Session& session : sessions) {
    if (const auto use = at.find(session.id); use != at.end()) {
      session.last_used_at = std::max(session.last_used_at, use->second);
    }
  }
  return Status::Ok();
}

}  // namespace

Value SessionValue(const parley::Session& session) {
  std::string bytes;
  wire::AppendRecord(bytes, session);
  return bytes;
}

Result<TokenHash> ReadTokenHash(Cell bytes) {
  TokenHash hash;
  if (!bytes || bytes->size() != hash.size()) return DataLoss("a stored token has another length");
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

Result<parley::Session> ReadSession(Cell session, Cell token_hash) {
  PARLEY_ASSIGN(const TokenHash hash, ReadTokenHash(token_hash));
  PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(session));
  return wire::ReadSessionRecord(bytes, hash);
}

runtime::Task<Status> SessionRows::Create(parley::Session session) {
  // First what leads there: without the session's own row it leads nowhere.
  PARLEY_CO_TRY((co_await cql_.session->Execute(
                     Bind(*cql_.session_token_insert, BlobValue(session.token_hash),
                          UuidValue(session.user), UuidValue(session.id))))
                    .status());
  const UserId user = session.user;
  const Result<UserRow> changed =
      co_await users_.Change(user, UserPart::kPerson, [session](UserRow& row) -> Result<bool> {
        if (row.user && row.user->disabled) return PermissionDenied("the account is disabled");
        row.sessions = {session};
        return true;
      });
  co_return changed.status();
}

runtime::Task<Result<parley::Session>> SessionRows::Find(TokenHash token_hash) {
  PARLEY_CO_ASSIGN(const Rows token, co_await cql_.session->Execute(
                                         Bind(*cql_.session_token_read, BlobValue(token_hash))));
  if (token.empty()) co_return NoSuchSession();
  PARLEY_CO_ASSIGN(const UserId user, ReadId<UserId>(token[0][0]));
  PARLEY_CO_ASSIGN(const SessionId id, ReadId<SessionId>(token[0][1]));

  std::vector<Bound> reads;
  reads.reserve(2);
  reads.push_back(Bind(*cql_.session_read, UuidValue(user), UuidValue(id)));
  reads.push_back(Bind(*cql_.session_use_read, UuidValue(user), UuidValue(id)));
  PARLEY_CO_ASSIGN(const std::vector<Rows> answers,
                   co_await cql_.session->ExecuteAll(std::move(reads)));
  if (answers[0].empty() || !answers[0][0][0]) co_return NoSuchSession();
  PARLEY_CO_ASSIGN(parley::Session session, ReadSession(answers[0][0][0], answers[0][0][1]));
  if (session.token_hash != token_hash) co_return NoSuchSession();
  std::vector<parley::Session> one{std::move(session)};
  PARLEY_CO_TRY(ShowUse(answers[1], one));
  co_return std::move(one.front());
}

runtime::Task<Result<std::vector<parley::Session>>> SessionRows::List(UserId user) {
  std::vector<Bound> reads;
  reads.reserve(2);
  reads.push_back(Bind(*cql_.sessions_read, UuidValue(user)));
  reads.push_back(Bind(*cql_.session_uses_read, UuidValue(user)));
  PARLEY_CO_ASSIGN(const std::vector<Rows> answers,
                   co_await cql_.session->ExecuteAll(std::move(reads)));
  std::vector<parley::Session> sessions;
  sessions.reserve(answers[0].size());
  for (const Row row : answers[0]) {
    if (!row[0]) continue;  // the person alone
    PARLEY_CO_ASSIGN(parley::Session session, ReadSession(row[0], row[1]));
    sessions.push_back(std::move(session));
  }
  PARLEY_CO_TRY(ShowUse(answers[1], sessions));
  std::ranges::sort(sessions, {}, [](const parley::Session& session) {
    return std::tie(session.created_at, session.id);
  });
  co_return std::move(sessions);
}

runtime::Task<Status> SessionRows::Delete(UserId user, SessionId id) {
  std::vector<parley::Session> gone;
  const Result<UserRow> changed =
      co_await users_.Change(user, UserPart::kAll, [id, &gone](UserRow& row) -> Result<bool> {
        const auto found = std::ranges::find(row.sessions, id, &parley::Session::id);
        if (found == row.sessions.end()) return NoSuchSession();
        gone = {*found};
        row.sessions.erase(found);
        return true;
      });
  PARLEY_CO_TRY(changed.status());
  co_await DropTokens(std::move(gone));
  co_return Status::Ok();
}

runtime::Task<Status> SessionRows::Touch(UserId user, SessionId session, TimePoint at) {
  const Result<Rows> written =
      co_await cql_.session->Execute(Bind(*cql_.session_use_write, BigintValue(ToMillis(at)),
                                          TimestampValue(at), UuidValue(user), UuidValue(session)));
  co_return written.status();
}

runtime::Task<void> SessionRows::DropTokens(std::vector<parley::Session> gone) {
  std::vector<Bound> deletes;
  deletes.reserve(gone.size());
  for (const parley::Session& session : gone) {
    deletes.push_back(Bind(*cql_.session_token_delete, BlobValue(session.token_hash)));
  }
  IgnoreStatus((co_await cql_.session->ExecuteAll(std::move(deletes))).status(),
               "what is left leads nowhere");
}

}  // namespace parley::storage::cassandra
