#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "model/administration.h"
#include "model/conversation.h"
#include "model/entry.h"
#include "model/ids.h"
#include "model/user.h"

/// What the stores keep, as bytes: the values of their rows. docs/storage.md has the formats.
///
/// A record begins with its version (one byte, now 1); numbers are varints (LEB128), times signed
/// varints (zigzag) of milliseconds, texts and lists are preceded by their length, ids are 16
/// bytes. What the key of the row says already is not repeated in the value.
///
/// Records may grow: a field is only ever added at the end, without a new version. A reader takes
/// the fields that it knows, ignores bytes behind them, and (once there is such a field) takes its
/// default where an older record ends before it. A change that older programs would misread gets a
/// new version, which they refuse. Reading never throws and never reads beyond the bytes: kDataLoss
/// for whatever it cannot understand.
namespace parley::wire {

/// A person's row in a conversation, as the entry `seq` left it: a member, or nobody (they left).
struct MemberRecord {
  Seq seq;
  TimePoint at;
  std::optional<Member> member;

  bool operator==(const MemberRecord&) const = default;
};

/// What a conversation is, as the entry `seq` left it.
struct InfoRecord {
  Seq seq;
  ConversationInfo info;

  bool operator==(const InfoRecord&) const = default;
};

/// How far a person has come, in the stay that began with `joined_seq`.
struct PositionRecord {
  Seq joined_seq;
  Position position;
  TimePoint at;

  bool operator==(const PositionRecord&) const = default;
};

/// What is remembered of a send.
struct SentRecord {
  Seq seq;
  Fingerprint fingerprint{};
  TimePoint at;

  bool operator==(const SentRecord&) const = default;
};

// Each appends one record to `out`; so a caller may use one buffer again and again.
void AppendRecord(std::string& out, const Entry& entry);  ///< without conversation and seq
void AppendRecord(std::string& out, const Head& head);
void AppendRecord(std::string& out, const InfoRecord& info);      ///< without the conversation's id
void AppendRecord(std::string& out, const MemberRecord& member);  ///< without the user
void AppendRecord(std::string& out, const PositionRecord& position);
void AppendRecord(std::string& out, const SentRecord& sent);
void AppendRecord(std::string& out, const User& user);              ///< without the id
void AppendRecord(std::string& out, const Session& session);        ///< without the token's hash
void AppendRecord(std::string& out, const Invitation& invitation);  ///< without the id
void AppendRecord(std::string& out, const PasswordReset& reset);    ///< without the token's hash
void AppendRecord(std::string& out, const AuditEntry& entry);       ///< without the id

// Each reads a whole row: its value, and what its key says.
Result<Entry> ReadEntryRecord(std::string_view bytes, ConversationId conversation, Seq seq);
/// The same, where the entry is to be: logs are read by the thousand.
Status ReadEntryInto(Entry& entry, std::string_view bytes, ConversationId conversation, Seq seq);
Result<Head> ReadHeadRecord(std::string_view bytes);
Result<InfoRecord> ReadInfoRecord(std::string_view bytes, ConversationId conversation);
Result<MemberRecord> ReadMemberRecord(std::string_view bytes, UserId user);
Result<PositionRecord> ReadPositionRecord(std::string_view bytes);
Result<SentRecord> ReadSentRecord(std::string_view bytes);
Result<User> ReadUserRecord(std::string_view bytes, UserId user);
Result<Session> ReadSessionRecord(std::string_view bytes, const TokenHash& token_hash);
Result<Invitation> ReadInvitationRecord(std::string_view bytes, InvitationId id);
Result<PasswordReset> ReadPasswordResetRecord(std::string_view bytes, const TokenHash& token_hash);
Result<AuditEntry> ReadAuditRecord(std::string_view bytes, AuditId id);

}  // namespace parley::wire
