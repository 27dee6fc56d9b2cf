#include <utility>

#include "wire/record_fields.h"
#include "wire/record_reader.h"
#include "wire/records.h"

// Records of administration: invitations, links for new passwords, the audit log.
namespace parley::wire {
namespace {

using record::Get;
using record::kVersion;
using record::Put;
using record::PutByte;
using record::PutNumber;

void PutOptional(std::string& out, const std::optional<UserId>& id) {
  Put(out, id.has_value());
  if (id) Put(out, *id);
}

void GetOptional(RecordReader& in, std::optional<UserId>& id) {
  if (in.Enum(1) == 1) Get(in, id.emplace());
}

}  // namespace

void AppendRecord(std::string& out, const Invitation& invitation) {
  PutByte(out, kVersion);
  Put(out, invitation.token_hash);
  Put(out, invitation.created_by);
  Put(out, invitation.created_at);
  Put(out, invitation.expires_at);
  PutNumber(out, invitation.max_uses);
  PutNumber(out, invitation.used);
}

Result<Invitation> ReadInvitationRecord(std::string_view bytes, InvitationId id) {
  RecordReader reader(bytes, kVersion, "invitation");
  Invitation invitation;
  invitation.id = id;
  Get(reader, invitation.token_hash);
  Get(reader, invitation.created_by);
  Get(reader, invitation.created_at);
  Get(reader, invitation.expires_at);
  Get(reader, invitation.max_uses);
  Get(reader, invitation.used);
  return reader.Finish(invitation);
}

void AppendRecord(std::string& out, const PasswordReset& reset) {
  PutByte(out, kVersion);
  Put(out, reset.user);
  Put(out, reset.expires_at);
}

Result<PasswordReset> ReadPasswordResetRecord(std::string_view bytes, const TokenHash& token_hash) {
  RecordReader reader(bytes, kVersion, "password reset");
  PasswordReset reset;
  reset.token_hash = token_hash;
  Get(reader, reset.user);
  Get(reader, reset.expires_at);
  return reader.Finish(reset);
}

void AppendRecord(std::string& out, const AuditEntry& entry) {
  PutByte(out, kVersion);
  Put(out, entry.at);
  PutOptional(out, entry.admin);
  PutByte(out, static_cast<std::uint8_t>(entry.action));
  PutOptional(out, entry.target);
  PutNumber(out, entry.detail.size());
  for (const AuditDetail& detail : entry.detail) {
    Put(out, detail.name);
    Put(out, detail.value);
  }
}

Result<AuditEntry> ReadAuditRecord(std::string_view bytes, AuditId id) {
  RecordReader reader(bytes, kVersion, "audit entry");
  AuditEntry entry;
  entry.id = id;
  Get(reader, entry.at);
  GetOptional(reader, entry.admin);
  entry.action = static_cast<AuditAction>(reader.Enum(kLastAuditAction));
  GetOptional(reader, entry.target);
  entry.detail.resize(reader.Size(2));
  for (AuditDetail& detail : entry.detail) {
    Get(reader, detail.name);
    Get(reader, detail.value);
  }
  return reader.Finish(std::move(entry));
}

}  // namespace parley::wire
