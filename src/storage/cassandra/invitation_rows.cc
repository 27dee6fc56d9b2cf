#include "storage/cassandra/invitation_rows.h"

#include <algorithm>
#include <utility>

#include "storage/cassandra/value.h"
#include "wire/record_fields.h"
#include "wire/record_reader.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

// The columns of invitations_read, in order.
enum Column : std::size_t { kVersion, kRecent, kId, kInvitation, kMaking };

std::string KeyOf(InvitationId id) { return std::string(id.view()); }
std::string KeyOf(const TokenHash& token) { return {token.begin(), token.end()}; }

Result<InvitationRow> ReadInvitation(const Row& row) {
  PARLEY_ASSIGN(const InvitationId id, ReadId<InvitationId>(row[kId]));
  PARLEY_ASSIGN(const std::string_view record, ReadBlob(row[kInvitation]));
  InvitationRow read;
  PARLEY_ASSIGN(read.invitation, wire::ReadInvitationRecord(record, id));
  if (const Cell making = row[kMaking]) {
    PARLEY_ASSIGN(read.making, DecodeMakings(*making));
  }
  return read;
}

Value InvitationValue(const Invitation& invitation) {
  std::string record;
  wire::AppendRecord(record, invitation);
  return record;
}

}  // namespace

Status NoSuchInvitation() { return NotFound("no such invitation"); }

// -- Values ---------------------------------------------------------------------------------------

std::string EncodeMakings(const std::vector<Making>& makings) {
  std::string out;
  wire::record::PutByte(out, wire::record::kVersion);
  wire::record::PutNumber(out, makings.size());
  for (const Making& making : makings) {
    wire::record::Put(out, making.user);
    wire::record::Put(out, making.username);
    wire::record::Put(out, making.since);
  }
  return out;
}

Result<std::vector<Making>> DecodeMakings(std::string_view bytes) {
  wire::RecordReader in(bytes, wire::record::kVersion, "list of accounts being made");
  std::vector<Making> makings(in.Size(Uuid::kSize + 2));
  for (Making& making : makings) {
    wire::record::Get(in, making.user);
    wire::record::Get(in, making.username);
    wire::record::Get(in, making.since);
  }
  return in.Finish(std::move(makings));
}

Invitation InvitationRow::Shown() const {
  Invitation shown = invitation;
  shown.used += static_cast<std::uint32_t>(making.size());
  return shown;
}

InvitationRow* InvitationsRow::Find(InvitationId id) {
  const auto found = std::ranges::find_if(
      rows, [id](const InvitationRow& row) { return row.invitation.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

// -- Reading --------------------------------------------------------------------------------------

runtime::Task<Result<InvitationRows::Place>> InvitationRows::PlaceOfKey(std::string key) {
  PARLEY_CO_ASSIGN(const Rows rows, co_await cql_.session->Execute(Bind(
                                        *cql_.invitation_key_read, BlobValue(std::move(key)))));
  if (rows.empty()) co_return NoSuchInvitation();
  Place place;
  PARLEY_CO_ASSIGN(place.created_by, ReadId<UserId>(rows[0][0]));
  PARLEY_CO_ASSIGN(place.id, ReadId<InvitationId>(rows[0][1]));
  co_return place;
}

runtime::Task<Result<InvitationRows::Place>> InvitationRows::PlaceOf(TokenHash token_hash) {
  return PlaceOfKey(KeyOf(token_hash));
}

runtime::Task<Result<InvitationRow>> InvitationRows::Read(Place place) {
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await cql_.session->Execute(Bind(
                       *cql_.invitation_read, UuidValue(place.created_by), UuidValue(place.id))));
  if (rows.empty() || !rows[0][kInvitation]) co_return NoSuchInvitation();
  co_return ReadInvitation(rows[0]);
}

runtime::Task<Result<Invitation>> InvitationRows::Find(InvitationId id) {
  PARLEY_CO_ASSIGN(const Place place, co_await PlaceOfKey(KeyOf(id)));
  PARLEY_CO_ASSIGN(const InvitationRow row, co_await Read(place));
  co_return row.Shown();
}

runtime::Task<Result<InvitationsRow>> InvitationRows::ReadAll(const Statement* statement,
                                                              UserId created_by) {
  PARLEY_CO_ASSIGN(const Rows rows, co_await ExecuteRepeatedly(
                                        cql_.session, Bind(*statement, UuidValue(created_by))));
  InvitationsRow all;
  if (rows.empty()) co_return std::move(all);
  PARLEY_CO_ASSIGN(all.version, ReadVersion(rows[0][kVersion], rows[0][kRecent]));
  all.rows.reserve(rows.size());
  for (const Row row : rows) {
    if (!row[kInvitation]) continue;  // the version alone
    PARLEY_CO_ASSIGN(InvitationRow invitation, ReadInvitation(row));
    all.rows.push_back(std::move(invitation));
  }
  co_return std::move(all);
}

runtime::Task<Result<std::vector<Invitation>>> InvitationRows::List(UserId user) {
  PARLEY_CO_ASSIGN(const InvitationsRow all, co_await ReadAll(cql_.invitations_read, user));
  std::vector<Invitation> invitations;
  invitations.reserve(all.rows.size());
  for (const InvitationRow& row : all.rows) invitations.push_back(row.Shown());
  std::ranges::sort(invitations, std::ranges::greater(), &Invitation::id);
  co_return std::move(invitations);
}

// -- Writing --------------------------------------------------------------------------------------

std::vector<Bound> InvitationRows::Batch(UserId created_by, const InvitationsRow& before,
                                         const InvitationsRow& after, const Version& next) const {
  std::vector<Bound> batch;
  batch.reserve(1 + before.rows.size() + after.rows.size());
  batch.push_back(Bind(*cql_.invitations_write, VersionValue(next), BlobValue(next.recent),
                       UuidValue(created_by), VersionValue(before.version)));
  for (const InvitationRow& row : before.rows) {
    const bool stays = std::ranges::any_of(after.rows, [&](const InvitationRow& other) {
      return other.invitation.id == row.invitation.id;
    });
    if (stays) continue;
    batch.push_back(
        Bind(*cql_.invitation_delete, UuidValue(created_by), UuidValue(row.invitation.id)));
  }
  for (const InvitationRow& row : after.rows) {
    if (std::ranges::find(before.rows, row) != before.rows.end()) continue;
    batch.push_back(Bind(*cql_.invitation_insert, UuidValue(created_by),
                         UuidValue(row.invitation.id), InvitationValue(row.invitation),
                         row.making.empty() ? NullValue() : BlobValue(EncodeMakings(row.making))));
  }
  return batch;
}

runtime::Task<Result<InvitationsRow>> InvitationRows::Change(UserId created_by, ChangeRow change) {
  for (int attempt = 0; attempt < kChangeAttempts; ++attempt) {
    PARLEY_CO_ASSIGN(
        const InvitationsRow before,
        co_await ReadAll(attempt == 0 ? cql_.invitations_read : cql_.invitations_read_serial,
                         created_by));
    InvitationsRow after = before;
    PARLEY_CO_ASSIGN(const bool differs, change(after));
    if (!differs) co_return std::move(after);
    const Uuid nonce = NewNonce();
    after.version = before.version.Next(nonce);
    VersionedChange write{.batch = Batch(created_by, before, after, after.version),
                          .read = Bind(*cql_.invitations_read_serial, UuidValue(created_by)),
                          .before = before.version,
                          .nonce = nonce};
    PARLEY_CO_ASSIGN(const Changed changed,
                     co_await WriteVersioned(cql_.session, std::move(write)));
    if (changed == Changed::kYes) co_return std::move(after);
    co_await BackOff(attempt);
  }
  co_return TooManyChanges();
}

runtime::Task<void> InvitationRows::DropKeys(std::vector<Invitation> gone) {
  std::vector<Bound> deletes;
  deletes.reserve(gone.size() * 2);
  for (const Invitation& invitation : gone) {
    for (std::string key : {KeyOf(invitation.id), KeyOf(invitation.token_hash)}) {
      deletes.push_back(Bind(*cql_.invitation_key_delete, BlobValue(std::move(key))));
    }
  }
  IgnoreStatus((co_await cql_.session->ExecuteAll(std::move(deletes))).status(),
               "what is left leads nowhere");
}

runtime::Task<Status> InvitationRows::Create(Invitation invitation, std::size_t limit) {
  // First what leads there: without the invitation's own row it leads nowhere.
  std::vector<Bound> keys;
  keys.reserve(2);
  for (std::string key : {KeyOf(invitation.id), KeyOf(invitation.token_hash)}) {
    keys.push_back(Bind(*cql_.invitation_key_insert, BlobValue(std::move(key)),
                        UuidValue(invitation.created_by), UuidValue(invitation.id)));
  }
  PARLEY_CO_TRY((co_await cql_.session->ExecuteAll(std::move(keys))).status());

  std::vector<Invitation> gone;
  const Result<InvitationsRow> changed = co_await Change(
      invitation.created_by, [invitation, limit, &gone](InvitationsRow& all) -> Result<bool> {
        const TimePoint now = invitation.created_at;
        const auto good = std::ranges::count_if(
            all.rows, [now](const InvitationRow& row) { return row.Shown().IsGood(now); });
        if (static_cast<std::size_t>(good) >= limit) return Conflict("too many invitations");
        gone.clear();
        std::erase_if(all.rows, [now, &gone](const InvitationRow& row) {
          const bool expired = row.invitation.expires_at <= now;
          if (expired) gone.push_back(row.invitation);
          return expired;
        });
        all.rows.push_back({.invitation = invitation, .making = {}});
        return true;
      });
  if (changed.status().code() == StatusCode::kConflict) gone = {invitation};
  if (!gone.empty()) co_await DropKeys(std::move(gone));
  co_return changed.status();
}

runtime::Task<Status> InvitationRows::Delete(InvitationId id) {
  PARLEY_CO_ASSIGN(const Place place, co_await PlaceOfKey(KeyOf(id)));
  std::vector<Invitation> gone;
  const Result<InvitationsRow> changed =
      co_await Change(place.created_by, [id, &gone](InvitationsRow& all) -> Result<bool> {
        InvitationRow* const found = all.Find(id);
        if (found == nullptr) return NoSuchInvitation();
        gone = {found->invitation};
        std::erase_if(all.rows, [id](const InvitationRow& row) { return row.invitation.id == id; });
        return true;
      });
  PARLEY_CO_TRY(changed.status());
  co_await DropKeys(std::move(gone));
  co_return Status::Ok();
}

}  // namespace parley::storage::cassandra
