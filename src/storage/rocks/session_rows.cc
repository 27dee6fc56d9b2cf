#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <rocksdb/write_batch.h>

#include "storage/rocks/accounts.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/merges.h"
#include "storage/rocks/prefix_scan.h"
#include "wire/records.h"

// Sessions.
namespace parley::storage::rocks {
namespace {

Status NoSuchSession() { return NotFound("no such session"); }

Result<TokenHash> DecodeTokenHash(std::string_view bytes) {
  TokenHash hash;
  if (bytes.size() != hash.size()) return DataLoss("a stored session leads nowhere");
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

/// The session's last use, from the row that it has for it.
void ShowUse(Session& session, std::string_view use) {
  if (const std::optional<TimePoint> at = DecodeTime(use)) {
    session.last_used_at = std::max(session.last_used_at, *at);
  }
}

}  // namespace

RowMerge SessionUse(UserId user, SessionId session, TimePoint at) {
  return {.family = Family::kSessionUses,
          .key = std::string(PairKey(user, session).view()),
          .value = EncodeTime(at)};
}

Status AccountRows::CreateSession(const Session& session) {
  const std::lock_guard lock(mutex_);
  const Result<User> user = FindUser(session.user);
  if (user.ok() && user->disabled) return PermissionDenied("the account is disabled");
  std::string value;
  wire::AppendRecord(value, session);
  const Key hash = Key().Add(session.token_hash);
  rocksdb::WriteBatch batch;
  batch.Put(db_.family(Family::kSessions), hash.view(), value).PermitUncheckedError();
  batch
      .Put(db_.family(Family::kUserSessions), PairKey(session.user, session.id).view(), hash.view())
      .PermitUncheckedError();
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<Session> AccountRows::FindSession(const TokenHash& token_hash, Depth depth) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kSessions, Key().Add(token_hash), value, depth));
  if (!found) return NoSuchSession();
  PARLEY_ASSIGN(Session session, wire::ReadSessionRecord(value.ToStringView(), token_hash));
  PARLEY_ASSIGN(const bool used,
                db_.Get(Family::kSessionUses, PairKey(session.user, session.id), value, depth));
  if (used) ShowUse(session, value.ToStringView());
  return session;
}

Result<std::vector<Session>> AccountRows::ListSessions(UserId user) const {
  std::vector<Key> token_keys;
  std::vector<Key> use_keys;
  PrefixScan scan(db_, Family::kUserSessions, user.view());
  for (scan.Seek(scan.prefix()); scan.Valid(); scan.Next()) {
    PARLEY_ASSIGN(const TokenHash hash, DecodeTokenHash(scan.value()));
    token_keys.push_back(Key().Add(hash));
    use_keys.push_back(Key().Add(scan.key()));
  }
  PARLEY_TRY(scan.status());

  PARLEY_ASSIGN(const Rows rows, db_.MultiGet(Family::kSessions, token_keys));
  PARLEY_ASSIGN(const Rows uses, db_.MultiGet(Family::kSessionUses, use_keys));
  std::vector<Session> sessions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows.has(i)) continue;  // deleted meanwhile
    PARLEY_ASSIGN(const TokenHash hash, DecodeTokenHash(token_keys[i]));
    PARLEY_ASSIGN(Session session, wire::ReadSessionRecord(rows.bytes(i), hash));
    if (uses.has(i)) ShowUse(session, uses.bytes(i));
    sessions.push_back(std::move(session));
  }
  std::ranges::sort(sessions, {}, [](const Session& session) {
    return std::tie(session.created_at, session.id);
  });
  return sessions;
}

Status AccountRows::DeleteSession(UserId user, SessionId session) {
  const std::lock_guard lock(mutex_);
  const Key key = PairKey(user, session);
  rocksdb::PinnableSlice hash;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kUserSessions, key, hash));
  if (!found) return NoSuchSession();
  rocksdb::WriteBatch batch;
  batch.Delete(db_.family(Family::kSessions), hash).PermitUncheckedError();
  batch.Delete(db_.family(Family::kUserSessions), key.view()).PermitUncheckedError();
  batch.Delete(db_.family(Family::kSessionUses), key.view()).PermitUncheckedError();
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

}  // namespace parley::storage::rocks
