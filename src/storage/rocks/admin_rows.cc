#include <algorithm>
#include <utility>

#include <rocksdb/write_batch.h>

#include "storage/rocks/account_writes.h"
#include "storage/rocks/accounts.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/prefix_scan.h"
#include "wire/records.h"

// What administrators change, with the audit log.
namespace parley::storage::rocks {
namespace {

std::string SettingKey(std::string_view name) { return std::string("setting/").append(name); }

/// The smallest id of the audit log that was made at `time` or later: UUIDv7 begin with 48 bits of
/// milliseconds.
std::string FirstIdOf(TimePoint time) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(ToMillis(time), 0));
  std::string key;
  for (int shift = 40; shift >= 0; shift -= 8) key.push_back(static_cast<char>(ms >> shift));
  return key;
}

void DropSessions(rocksdb::WriteBatch& batch, const Database& db,
                  const std::vector<Session>& sessions) {
  for (const Session& session : sessions) DropSession(batch, db, session);
}

}  // namespace

Status AccountRows::CheckAdmin(const AuditEntry& entry) const {
  if (!entry.admin) return Status::Ok();
  const Result<User> admin = FindUser(*entry.admin);
  if (admin.ok() && admin->admin && !admin->disabled) return Status::Ok();
  if (admin.ok() || admin.status().code() == StatusCode::kNotFound) {
    return PermissionDenied("only administrators may do this");
  }
  return admin.status();
}

Result<AccountChanged> AccountRows::ChangeAccount(UserId id, const AccountChange& change) {
  const std::lock_guard lock(mutex_);
  PARLEY_ASSIGN(User user, FindUser(id));
  for (const AuditEntry& entry : change.audit) PARLEY_TRY(CheckAdmin(entry));
  if (change.admin) user.admin = *change.admin;
  if (change.disabled) user.disabled = *change.disabled;

  AccountChanged changed;
  rocksdb::WriteBatch batch;
  PutUser(batch, db_, user);
  if (change.sessions == SessionsAfter::kEnded) {
    PARLEY_ASSIGN(changed.ended, ListSessions(id));
    DropSessions(batch, db_, changed.ended);
  }
  for (const AuditEntry& entry : change.audit) PutAudit(batch, db_, entry);
  PARLEY_TRY(ToStatus(db_.Write(batch, Durability::kSynced)));
  changed.user = std::move(user);
  return changed;
}

// -- The first administrator ----------------------------------------------------------------------

Status AccountRows::CreateAdminClaim(const TokenHash& token_hash) {
  rocksdb::WriteBatch batch;
  batch.Put(db_.family(Family::kAdminClaims), Key().Add(token_hash).view(), rocksdb::Slice())
      .PermitUncheckedError();
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<User> AccountRows::UseAdminClaim(const TokenHash& token_hash, UserId id,
                                        const AuditEntry& entry) {
  const std::lock_guard lock(mutex_);
  const Key key = Key().Add(token_hash);
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kAdminClaims, key, value));
  if (!found) return NotFound("no such claim");
  PARLEY_ASSIGN(User user, FindUser(id));
  user.admin = true;
  rocksdb::WriteBatch batch;
  batch.Delete(db_.family(Family::kAdminClaims), key.view()).PermitUncheckedError();
  PutUser(batch, db_, user);
  PutAudit(batch, db_, entry);
  PARLEY_TRY(ToStatus(db_.Write(batch, Durability::kSynced)));
  return user;
}

// -- New passwords --------------------------------------------------------------------------------

Status AccountRows::CreatePasswordReset(const PasswordReset& reset, const AuditEntry& entry) {
  const std::lock_guard lock(mutex_);
  PARLEY_TRY(FindUser(reset.user).status());
  PARLEY_TRY(CheckAdmin(entry));
  const Key user_key = ResetUserKey(reset.user);
  rocksdb::PinnableSlice old_hash;
  PARLEY_ASSIGN(const bool had, db_.Get(Family::kPasswordResets, user_key, old_hash));
  rocksdb::ColumnFamilyHandle* const family = db_.family(Family::kPasswordResets);
  rocksdb::WriteBatch batch;
  if (had) {
    batch.Delete(family, Key().Add("t").Add(old_hash.ToStringView()).view()).PermitUncheckedError();
  }
  std::string value;
  wire::AppendRecord(value, reset);
  batch.Put(family, ResetTokenKey(reset.token_hash).view(), value).PermitUncheckedError();
  batch.Put(family, user_key.view(), Key().Add(reset.token_hash).view()).PermitUncheckedError();
  PutAudit(batch, db_, entry);
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<PasswordReset> AccountRows::FindPasswordReset(const TokenHash& token_hash) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found,
                db_.Get(Family::kPasswordResets, ResetTokenKey(token_hash), value));
  if (!found) return NotFound("no such password reset");
  return wire::ReadPasswordResetRecord(value.ToStringView(), token_hash);
}

Result<AccountChanged> AccountRows::UsePasswordReset(const TokenHash& token_hash, TimePoint now,
                                                     std::string_view password_hash) {
  const std::lock_guard lock(mutex_);
  PARLEY_ASSIGN(const PasswordReset reset, FindPasswordReset(token_hash));
  if (reset.expires_at <= now) return NotFound("no such password reset");
  AccountChanged changed;
  PARLEY_ASSIGN(changed.user, FindUser(reset.user));
  PARLEY_ASSIGN(changed.ended, ListSessions(reset.user));
  rocksdb::ColumnFamilyHandle* const family = db_.family(Family::kPasswordResets);
  rocksdb::WriteBatch batch;
  batch.Delete(family, ResetTokenKey(token_hash).view()).PermitUncheckedError();
  batch.Delete(family, ResetUserKey(reset.user).view()).PermitUncheckedError();
  PutPasswordHash(batch, db_, reset.user, password_hash);
  DropSessions(batch, db_, changed.ended);
  PARLEY_TRY(ToStatus(db_.Write(batch, Durability::kSynced)));
  return changed;
}

// -- Settings, audit log --------------------------------------------------------------------------

Result<std::optional<std::string>> AccountRows::ReadSetting(std::string_view name) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kMeta, SettingKey(name), value));
  return found ? std::optional(value.ToString()) : std::nullopt;
}

Status AccountRows::WriteSetting(std::string_view name, std::string_view value,
                                 const AuditEntry& entry) {
  const std::lock_guard lock(mutex_);
  PARLEY_TRY(CheckAdmin(entry));
  rocksdb::WriteBatch batch;
  batch.Put(db_.family(Family::kMeta), SettingKey(name), value).PermitUncheckedError();
  PutAudit(batch, db_, entry);
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<std::vector<AuditEntry>> AccountRows::ListAudit(const std::optional<AuditId>& before,
                                                       std::size_t limit) const {
  std::vector<AuditEntry> entries;
  PrefixScan scan(db_, Family::kAudit, "");
  const std::string last(Uuid::kSize, '\xFF');
  scan.SeekBack(before ? before->view() : std::string_view(last));
  if (before && scan.Valid() && scan.key() == before->view()) scan.Previous();
  for (; scan.Valid() && entries.size() < limit; scan.Previous()) {
    PARLEY_ASSIGN(AuditEntry entry,
                  wire::ReadAuditRecord(scan.value(), IdAtEnd<AuditId>(scan.key())));
    entries.push_back(std::move(entry));
  }
  PARLEY_TRY(scan.status());
  return entries;
}

Status AccountRows::DropAudit(TimePoint before) {
  const std::string end = FirstIdOf(before);
  {
    PrefixScan scan(db_, Family::kAudit, "");
    scan.Seek("");
    PARLEY_TRY(scan.status());
    if (!scan.Valid() || scan.key() >= end) return Status::Ok();
  }
  rocksdb::WriteBatch batch;
  batch.DeleteRange(db_.family(Family::kAudit), rocksdb::Slice(), end).PermitUncheckedError();
  return ToStatus(db_.Write(batch, Durability::kLogged));
}

}  // namespace parley::storage::rocks
