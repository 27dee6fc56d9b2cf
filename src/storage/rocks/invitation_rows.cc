#include <algorithm>
#include <utility>

#include <rocksdb/write_batch.h>

#include "storage/rocks/account_writes.h"
#include "storage/rocks/accounts.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/prefix_scan.h"
#include "wire/records.h"

// Invitations: the row itself by its id, and what leads there from the token and from who invites.
namespace parley::storage::rocks {
namespace {

Status NoSuchInvitation() { return NotFound("no such invitation"); }

void PutInvitation(rocksdb::WriteBatch& batch, const Database& db, const Invitation& invitation) {
  std::string value;
  wire::AppendRecord(value, invitation);
  batch.Put(db.family(Family::kInvitations), InvitationKey(invitation.id).view(), value)
      .PermitUncheckedError();
}

void DropInvitation(rocksdb::WriteBatch& batch, const Database& db, const Invitation& invitation) {
  for (const Key& key : {InvitationKey(invitation.id), InvitationTokenKey(invitation.token_hash),
                         InviterKey(invitation.created_by, invitation.id)}) {
    batch.Delete(db.family(Family::kInvitations), key.view()).PermitUncheckedError();
  }
}

}  // namespace

Status AccountRows::CreateInvitation(const Invitation& invitation, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  PARLEY_ASSIGN(const std::vector<Invitation> others, ListInvitations(invitation.created_by));
  rocksdb::WriteBatch batch;
  std::size_t good = 0;
  for (const Invitation& other : others) {
    if (other.IsGood(invitation.created_at)) ++good;
    if (other.expires_at <= invitation.created_at) DropInvitation(batch, db_, other);
  }
  if (good >= limit) return Conflict("too many invitations");
  rocksdb::ColumnFamilyHandle* const family = db_.family(Family::kInvitations);
  PutInvitation(batch, db_, invitation);
  batch.Put(family, InvitationTokenKey(invitation.token_hash).view(), invitation.id.view())
      .PermitUncheckedError();
  batch.Put(family, InviterKey(invitation.created_by, invitation.id).view(), rocksdb::Slice())
      .PermitUncheckedError();
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<Invitation> AccountRows::FindInvitation(InvitationId id) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kInvitations, InvitationKey(id), value));
  if (!found) return NoSuchInvitation();
  return wire::ReadInvitationRecord(value.ToStringView(), id);
}

Result<Invitation> AccountRows::FindInvitationByToken(const TokenHash& token_hash) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found,
                db_.Get(Family::kInvitations, InvitationTokenKey(token_hash), value));
  if (!found) return NoSuchInvitation();
  if (value.size() != Uuid::kSize) return DataLoss("a stored invitation leads nowhere");
  return FindInvitation(IdAtEnd<InvitationId>(value.ToStringView()));
}

Result<std::vector<Invitation>> AccountRows::ListInvitations(UserId user) const {
  std::vector<InvitationId> ids;
  PrefixScan scan(db_, Family::kInvitations, InviterPrefix(user));
  for (scan.Seek(scan.prefix()); scan.Valid(); scan.Next()) {
    ids.push_back(IdAtEnd<InvitationId>(scan.key()));
  }
  PARLEY_TRY(scan.status());
  std::ranges::reverse(ids);
  std::vector<Key> keys;
  keys.reserve(ids.size());
  for (const InvitationId& id : ids) keys.push_back(InvitationKey(id));
  PARLEY_ASSIGN(const Rows rows, db_.MultiGet(Family::kInvitations, keys));
  std::vector<Invitation> invitations;
  invitations.reserve(ids.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows.has(i)) continue;  // deleted meanwhile
    PARLEY_ASSIGN(const Invitation invitation, wire::ReadInvitationRecord(rows.bytes(i), ids[i]));
    invitations.push_back(invitation);
  }
  return invitations;
}

Status AccountRows::DeleteInvitation(InvitationId id, const std::optional<AuditEntry>& entry) {
  const std::lock_guard lock(mutex_);
  PARLEY_ASSIGN(const Invitation invitation, FindInvitation(id));
  if (entry) PARLEY_TRY(CheckAdmin(*entry));
  rocksdb::WriteBatch batch;
  DropInvitation(batch, db_, invitation);
  if (entry) PutAudit(batch, db_, *entry);
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<User> AccountRows::CreateInvitedUser(User user, std::string_view password_hash,
                                            const TokenHash& token_hash) {
  const std::lock_guard lock(mutex_);
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool taken, db_.Get(Family::kUsernames, user.username, value));
  if (taken) return Conflict("the username is taken");
  PARLEY_ASSIGN(Invitation invitation, FindInvitationByToken(token_hash));
  if (!invitation.IsGood(user.created_at)) return NoSuchInvitation();
  ++invitation.used;
  user.invited_by = invitation.created_by;
  rocksdb::WriteBatch batch;
  PutInvitation(batch, db_, invitation);
  PutNewUser(batch, db_, user, password_hash);
  PARLEY_TRY(ToStatus(db_.Write(batch, Durability::kSynced)));
  return user;
}

}  // namespace parley::storage::rocks
