#include "storage/transfer.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "model/user.h"
#include "wire/records.h"

namespace parley::storage {
namespace {

constexpr std::size_t kIdBytes = Uuid::kSize;
constexpr std::size_t kSeqBytes = 8;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kHashBytes = std::tuple_size_v<TokenHash>;
constexpr std::size_t kSecretBytes = 32;

constexpr std::array<std::string_view, kRecordKinds> kNames = {
    "secret_keys",
    "settings",
    "time",
    "users",
    "usernames",
    "passwords",
    "sessions",
    "user_sessions",
    "session_uses",
    "search_terms",
    "admin_claims",
    "invitations",
    "invitation_tokens",
    "password_resets",
    "audit",
    "conversations",
    "heads",
    "log",
    "members",
    "memberships",
    "positions",
    "sent",
    "mentions",
};

Status Malformed(std::string_view what) { return DataLoss(std::string(what)); }

Status Sizes(const Record& record, std::size_t key, std::optional<std::size_t> value) {
  if (record.key.size() != key) return Malformed("its key has another length");
  if (value && record.value.size() != *value) return Malformed("its value has another length");
  return Status::Ok();
}

TokenHash HashOf(std::string_view bytes) {
  TokenHash hash;
  std::ranges::copy(bytes.substr(0, hash.size()), hash.begin());
  return hash;
}

template <class IdType>
IdType IdAt(std::string_view key, std::size_t at) {
  return IdType(Uuid::FromBytes(key.substr(at, kIdBytes)));
}

Seq SeqAt(std::string_view key, std::size_t at) {
  std::uint64_t value = 0;
  for (const char byte : key.substr(at, kSeqBytes)) {
    value = value << 8 | static_cast<std::uint8_t>(byte);
  }
  return Seq(value);
}

/// term | 00 | user
Status CheckTerm(const Record& record) {
  const std::string_view key = record.key;
  if (key.size() < 2 + kIdBytes || key[key.size() - kIdBytes - 1] != '\0') {
    return Malformed("its key is no search term with a person");
  }
  return Status::Ok();
}

Status CheckLog(const Record& record) {
  PARLEY_TRY(Sizes(record, kIdBytes + 1 + kSeqBytes, std::nullopt));
  const auto conversation = IdAt<ConversationId>(record.key, 0);
  PARLEY_ASSIGN(const Entry entry,
                wire::ReadEntryRecord(record.value, conversation, SeqAt(record.key, kIdBytes + 1)));
  const bool message = std::holds_alternative<MessageBody>(entry.body);
  if (record.key[kIdBytes] != (message ? '\0' : '\1')) return Malformed("it is of another class");
  return Status::Ok();
}

Status CheckHead(const Record& record) {
  PARLEY_TRY(Sizes(record, kIdBytes + kSeqBytes, std::nullopt));
  PARLEY_ASSIGN(const Head head, wire::ReadHeadRecord(record.value));
  if (head.seq != SeqAt(record.key, kIdBytes)) return Malformed("it is of another entry");
  return Status::Ok();
}

/// (first id, second id) -> Member, in the row of a person, whose id is at `user`.
Status CheckMember(const Record& record, std::size_t user) {
  PARLEY_TRY(Sizes(record, 2 * kIdBytes, std::nullopt));
  return wire::ReadMemberRecord(record.value, IdAt<UserId>(record.key, user)).status();
}

Status CheckPerson(RecordKind kind, const Record& record) {
  switch (kind) {
    case RecordKind::kUsers:
      PARLEY_TRY(Sizes(record, kIdBytes, std::nullopt));
      return wire::ReadUserRecord(record.value, IdAt<UserId>(record.key, 0)).status();
    case RecordKind::kUsernames:
      return Sizes(record, record.key.size(), kIdBytes);
    case RecordKind::kPasswords:
      return Sizes(record, kIdBytes, std::nullopt);
    case RecordKind::kSessions:
      PARLEY_TRY(Sizes(record, kHashBytes, std::nullopt));
      return wire::ReadSessionRecord(record.value, HashOf(record.key)).status();
    case RecordKind::kUserSessions:
      return Sizes(record, 2 * kIdBytes, kHashBytes);
    case RecordKind::kSessionUses:
      return Sizes(record, 2 * kIdBytes, kTimeBytes);
    case RecordKind::kSearchTerms:
      return CheckTerm(record);
    default:
      return Internal("not of people");
  }
}

Status CheckAdministration(RecordKind kind, const Record& record) {
  switch (kind) {
    case RecordKind::kSecretKeys:
      return Sizes(record, record.key.size(), kSecretBytes);
    case RecordKind::kSettings:
      return Status::Ok();
    case RecordKind::kTime:
      return Sizes(record, 0, kTimeBytes);
    case RecordKind::kAdminClaims:
      return Sizes(record, kHashBytes, 0);
    case RecordKind::kInvitations:
      PARLEY_TRY(Sizes(record, kIdBytes, std::nullopt));
      return wire::ReadInvitationRecord(record.value, IdAt<InvitationId>(record.key, 0)).status();
    case RecordKind::kInvitationTokens:
      return Sizes(record, kHashBytes, kIdBytes);
    case RecordKind::kPasswordResets:
      PARLEY_TRY(Sizes(record, kHashBytes, std::nullopt));
      return wire::ReadPasswordResetRecord(record.value, HashOf(record.key)).status();
    case RecordKind::kAudit:
      PARLEY_TRY(Sizes(record, kIdBytes, std::nullopt));
      return wire::ReadAuditRecord(record.value, IdAt<AuditId>(record.key, 0)).status();
    default:
      return CheckPerson(kind, record);
  }
}

Status Check(RecordKind kind, const Record& record) {
  switch (kind) {
    case RecordKind::kConversations:
      PARLEY_TRY(Sizes(record, kIdBytes, std::nullopt));
      return wire::ReadInfoRecord(record.value, IdAt<ConversationId>(record.key, 0)).status();
    case RecordKind::kHeads:
      return CheckHead(record);
    case RecordKind::kLog:
      return CheckLog(record);
    case RecordKind::kMembers:
      return CheckMember(record, kIdBytes);
    case RecordKind::kMemberships:
      return CheckMember(record, 0);
    case RecordKind::kPositions:
      PARLEY_TRY(Sizes(record, 2 * kIdBytes, std::nullopt));
      return wire::ReadPositionRecord(record.value).status();
    case RecordKind::kSent:
      PARLEY_TRY(Sizes(record, 3 * kIdBytes, std::nullopt));
      return wire::ReadSentRecord(record.value).status();
    case RecordKind::kMentions:
      return Sizes(record, 2 * kIdBytes + kSeqBytes, 0);
    default:
      return CheckAdministration(kind, record);
  }
}

}  // namespace

std::string_view RecordKindName(RecordKind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

Status CheckRecord(RecordKind kind, const Record& record) {
  Status checked = Check(kind, record);
  if (checked.ok()) return checked;
  // Names may be told, other keys are bytes; of values nothing is.
  std::string key;
  for (const char byte : std::string_view(record.key).substr(0, 64)) {
    key += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
  }
  return DataLoss(fmt::format("a record of {} cannot be understood (key {}): {}",
                              RecordKindName(kind), key, checked.message()));
}

}  // namespace parley::storage
