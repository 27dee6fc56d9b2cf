#include "storage/cassandra/import_rows.h"

#include <string>
#include <string_view>
#include <utility>

#include "storage/cassandra/audit_rows.h"
#include "storage/cassandra/effects_writes.h"
#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/search_rows.h"
#include "storage/cassandra/session_rows.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

/// Of one write: as much as a node takes at once without effort.
constexpr std::size_t kRowsPerWrite = 50;
constexpr std::size_t kBytesPerWrite = std::size_t{32} * 1024;

constexpr std::size_t kId = Uuid::kSize;
constexpr std::size_t kSeq = 8;

/// A key, from its start on. Too short: empty from there on, which no id or seq is.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  template <class IdType>
  IdType Id() {
    const std::string_view bytes = Take(kId);
    return bytes.size() == kId ? IdType(Uuid::FromBytes(bytes)) : IdType();
  }
  Seq TakeSeq() {
    std::uint64_t value = 0;
    for (const char byte : Take(kSeq)) value = value << 8 | static_cast<std::uint8_t>(byte);
    return Seq(value);
  }
  std::string_view Take(std::size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

Value Text(std::string_view text) { return TextValue(std::string(text)); }
Value Blob(std::string_view bytes) { return BlobValue(std::string(bytes)); }

TimePoint TimeOf(std::string_view bytes) {
  return FromMillis(static_cast<std::int64_t>(KeyReader(bytes).TakeSeq().value()));
}

/// Gathers rows into writes.
class Gathering {
 public:
  explicit Gathering(const ImportStatements& statements) : to_(statements) {}

  Status Add(RecordKind kind, const Record& record) {
    switch (kind) {
      case RecordKind::kUsers:
      case RecordKind::kUsernames:
      case RecordKind::kPasswords:
      case RecordKind::kSearchTerms:
        AddPerson(kind, record);
        return Status::Ok();
      case RecordKind::kSessions:
      case RecordKind::kUserSessions:
      case RecordKind::kSessionUses:
        return AddSession(kind, record);
      case RecordKind::kConversations:
      case RecordKind::kHeads:
      case RecordKind::kLog:
        return AddConversation(kind, record);
      case RecordKind::kMembers:
      case RecordKind::kMemberships:
      case RecordKind::kPositions:
      case RecordKind::kSent:
      case RecordKind::kMentions:
        return AddMember(kind, record);
      default:
        return AddAdministration(kind, record);
    }
  }

  std::vector<PartitionWrite> Take() { return std::move(writes_); }

 private:
  /// A row of its own.
  void Row(Bound row) {
    partition_.clear();
    writes_.push_back({std::move(row)});
  }

  /// A row of a partition, which its neighbours may be of, too.
  void Row(std::string_view partition, std::size_t bytes, Bound row) {
    const bool joins = !writes_.empty() && partition == partition_ &&
                       writes_.back().size() < kRowsPerWrite && bytes_ + bytes <= kBytesPerWrite;
    if (!joins) {
      writes_.emplace_back();
      partition_ = partition;
      bytes_ = 0;
    }
    bytes_ += bytes;
    writes_.back().push_back(std::move(row));
  }

  void AddPerson(RecordKind kind, const Record& record) {
    KeyReader key(record.key);
    if (kind == RecordKind::kUsernames) {
      return Row(Bind(*to_.username, Text(record.key),
                      UuidValue(KeyReader(record.value).Id<UserId>()),
                      TimestampValue(TimePoint())));
    }
    if (kind == RecordKind::kSearchTerms) return AddTerm(record);
    const auto user = key.Id<UserId>();
    if (kind == RecordKind::kPasswords) {
      return Row(Bind(*to_.password, Text(record.value), UuidValue(user)));
    }
    // Changes are signed; nobody else signs with the person's id.
    Row(Bind(*to_.profile, Blob(user.view()), Blob(record.value), UuidValue(user)));
  }

  void AddTerm(const Record& record) {
    const std::string term = record.key.substr(0, record.key.size() - kId - 1);
    const auto user = KeyReader(std::string_view(record.key).substr(term.size() + 1)).Id<UserId>();
    const std::string partition = SearchPartition(term);
    Row(Bind(*to_.accounts.search_prefix_insert, BlobValue(partition.substr(0, 1)),
             BlobValue(partition)));
    Row(Bind(*to_.accounts.search_term_insert, BlobValue(partition), BlobValue(term),
             UuidValue(user), Text(record.value), BigintValue(StampsOf(0).insert)));
  }

  Status AddSession(RecordKind kind, const Record& record) {
    KeyReader key(record.key);
    if (kind == RecordKind::kSessions) {
      PARLEY_ASSIGN(const TokenHash hash, ReadTokenHash(Cell(record.key)));
      PARLEY_ASSIGN(const parley::Session session, wire::ReadSessionRecord(record.value, hash));
      Row(Bind(*to_.session, UuidValue(session.user), UuidValue(session.id), Blob(record.value),
               Blob(record.key)));
      return Status::Ok();
    }
    const auto user = key.Id<UserId>();
    const auto session = key.Id<SessionId>();
    if (kind == RecordKind::kUserSessions) {
      Row(Bind(*to_.accounts.session_token_insert, Blob(record.value), UuidValue(user),
               UuidValue(session)));
      return Status::Ok();
    }
    const TimePoint at = TimeOf(record.value);
    Row(Bind(*to_.accounts.session_use_write, BigintValue(ToMillis(at)), TimestampValue(at),
             UuidValue(user), UuidValue(session)));
    return Status::Ok();
  }

  Status AddAdministration(RecordKind kind, const Record& record) {
    switch (kind) {
      case RecordKind::kSecretKeys:
        Row(Bind(*to_.secret_key, Text(record.key), Blob(record.value)));
        return Status::Ok();
      case RecordKind::kSettings:
        // The steps of administration begin anew, at 1: each wins over this.
        Row(Bind(*to_.accounts.setting_write, Text(record.key), Text(record.value),
                 BigintValue(0)));
        return Status::Ok();
      case RecordKind::kTime: {
        const TimePoint at = TimeOf(record.value);
        Row(Bind(*to_.accounts.fleet_time_write, TimestampValue(at), BigintValue(ToMillis(at))));
        return Status::Ok();
      }
      case RecordKind::kAdminClaims:
        Row(Bind(*to_.admin_claim, Blob(record.key)));
        return Status::Ok();
      case RecordKind::kInvitations:
        return AddInvitation(record);
      case RecordKind::kInvitationTokens:
        return Status::Ok();  // written with the invitation, which knows whose it is
      case RecordKind::kPasswordResets:
        return AddReset(record);
      case RecordKind::kAudit: {
        const AuditId id = KeyReader(record.key).Id<AuditId>();
        const Value period = IntValue(AuditPeriodOf(id));
        Row(Bind(*to_.accounts.audit_period_insert, period));
        Row(Bind(*to_.accounts.audit_insert, period, UuidValue(id), Blob(record.value)));
        return Status::Ok();
      }
      default:
        return Internal("a kind of records that is not known here");
    }
  }

  Status AddInvitation(const Record& record) {
    const auto id = KeyReader(record.key).Id<InvitationId>();
    PARLEY_ASSIGN(const Invitation invitation, wire::ReadInvitationRecord(record.value, id));
    const Value creator = UuidValue(invitation.created_by);
    Row(Bind(*to_.accounts.invitation_key_insert, Blob(record.key), creator, UuidValue(id)));
    Row(Bind(*to_.accounts.invitation_key_insert, BlobValue(invitation.token_hash), creator,
             UuidValue(id)));
    Row(Bind(*to_.invitation, creator, UuidValue(id), Blob(record.value)));
    return Status::Ok();
  }

  Status AddReset(const Record& record) {
    PARLEY_ASSIGN(const TokenHash hash, ReadTokenHash(Cell(record.key)));
    PARLEY_ASSIGN(const PasswordReset reset, wire::ReadPasswordResetRecord(record.value, hash));
    Row(Bind(*to_.accounts.reset_token_insert, Blob(record.key), UuidValue(reset.user)));
    Row(Bind(*to_.reset, Blob(record.key + record.value), UuidValue(reset.user)));
    return Status::Ok();
  }

  Status AddConversation(RecordKind kind, const Record& record) {
    KeyReader key(record.key);
    const auto conversation = key.Id<ConversationId>();
    if (kind == RecordKind::kConversations) {
      PARLEY_ASSIGN(const wire::InfoRecord info, wire::ReadInfoRecord(record.value, conversation));
      Row(Bind(*to_.conversations.write_info, SeqValue(info.seq), Blob(record.value),
               UuidValue(conversation)));
      return Status::Ok();
    }
    if (kind == RecordKind::kHeads) {
      PARLEY_ASSIGN(const Head head, wire::ReadHeadRecord(record.value));
      Row(Bind(*to_.head, SeqValue(head.seq), SeqValue(head.seq), Blob(record.value),
               UuidValue(conversation), BigintValue(BucketOf(head.seq))));
      // What follows from the entries moves with them: nothing is left to be applied.
      Row(Bind(*to_.conversations.raise_applied, SeqValue(head.seq), SeqValue(head.seq),
               TimestampValue(head.changed_at), UuidValue(conversation)));
      return Status::Ok();
    }
    const auto log_class = static_cast<std::int8_t>(key.Take(1).front());
    const Seq seq = key.TakeSeq();
    const std::int64_t bucket = BucketOf(seq);
    Row(std::string(conversation.view()) + std::to_string(bucket), record.value.size(),
        Bind(*to_.entry, UuidValue(conversation), BigintValue(bucket), TinyintValue(log_class),
             SeqValue(seq), Blob(record.value)));
    return Status::Ok();
  }

  Status AddMember(RecordKind kind, const Record& record) {
    switch (kind) {
      case RecordKind::kMembers: {
        KeyReader key(record.key);
        const auto conversation = key.Id<ConversationId>();
        const auto user = key.Id<UserId>();
        PARLEY_ASSIGN(const wire::MemberRecord row, wire::ReadMemberRecord(record.value, user));
        Row(conversation.view(), record.value.size(),
            Bind(
                row.member ? *to_.conversations.write_member : *to_.conversations.write_left_member,
                SeqValue(row.seq), Blob(record.value), UuidValue(conversation), UuidValue(user)));
        return Status::Ok();
      }
      case RecordKind::kSent: {
        KeyReader key(record.key);
        const auto conversation = key.Id<ConversationId>();
        const auto sender = key.Id<UserId>();
        PARLEY_ASSIGN(const wire::SentRecord sent, wire::ReadSentRecord(record.value));
        Row(Bind(*to_.conversations.write_sent, SeqValue(sent.seq), Blob(record.value),
                 UuidValue(conversation), UuidValue(sender), UuidValue(key.Id<ClientId>())));
        return Status::Ok();
      }
      default:
        return AddOfUser(kind, record);
    }
  }

  /// Keys that begin with user and conversation.
  Status AddOfUser(RecordKind kind, const Record& record) {
    KeyReader key(record.key);
    const auto user = key.Id<UserId>();
    const auto conversation = key.Id<ConversationId>();
    if (kind == RecordKind::kMentions) {
      const Value seq = SeqValue(key.TakeSeq());
      Row(std::string_view(record.key).substr(0, 2 * kId), kSeq,
          Bind(*to_.conversations.write_mention, UuidValue(user), UuidValue(conversation), seq,
               seq));
      return Status::Ok();
    }
    if (kind == RecordKind::kMemberships) {
      PARLEY_ASSIGN(const wire::MemberRecord row, wire::ReadMemberRecord(record.value, user));
      Row(user.view(), record.value.size(),
          Bind(row.member ? *to_.conversations.write_membership
                          : *to_.conversations.write_left_membership,
               SeqValue(row.seq), Blob(record.value), UuidValue(user), UuidValue(conversation)));
      return Status::Ok();
    }
    PARLEY_ASSIGN(const wire::PositionRecord row, wire::ReadPositionRecord(record.value));
    const PositionRow position{.conversation = conversation,
                               .user = user,
                               .joined_seq = row.joined_seq,
                               .position = row.position,
                               .at = row.at};
    for (PartitionWrite& write : WritesOf(to_.conversations, std::span(&position, 1))) {
      for (Bound& bound : write) Row(user.view(), record.value.size(), std::move(bound));
    }
    return Status::Ok();
  }

  const ImportStatements& to_;
  std::vector<PartitionWrite> writes_;
  std::string partition_;  ///< of the last write, where it may grow
  std::size_t bytes_ = 0;  ///< of the last write
};

}  // namespace

Result<std::vector<PartitionWrite>> ImportWritesOf(const ImportStatements& statements,
                                                   RecordKind kind,
                                                   const std::vector<Record>& records) {
  Gathering gathering(statements);
  for (const Record& record : records) {
    PARLEY_TRY(CheckRecord(kind, record));
    PARLEY_TRY(gathering.Add(kind, record));
  }
  return gathering.Take();
}

}  // namespace parley::storage::cassandra
