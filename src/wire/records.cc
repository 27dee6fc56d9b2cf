#include "wire/records.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "wire/record_reader.h"

namespace parley::wire {
namespace {

constexpr std::uint8_t kVersion = 1;

// -- Writing ------------------------------------------------------------------------------

void PutByte(std::string& out, std::uint8_t byte) { out.push_back(static_cast<char>(byte)); }

void PutNumber(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    PutByte(out, static_cast<std::uint8_t>(value) | 0x80);
    value >>= 7;
  }
  PutByte(out, static_cast<std::uint8_t>(value));
}

void Put(std::string& out, bool value) { PutByte(out, value ? 1 : 0); }
void Put(std::string& out, Seq seq) { PutNumber(out, seq.value()); }

void Put(std::string& out, TimePoint time) {
  const auto ms = static_cast<std::uint64_t>(ToMillis(time));
  PutNumber(out, (ms << 1) ^ (ToMillis(time) < 0 ? ~std::uint64_t{0} : 0));
}

void Put(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out += text;
}
void Put(std::string& out, const std::string& text) { Put(out, std::string_view(text)); }

template <class Tag>
void Put(std::string& out, const Id<Tag>& id) {
  out += id.view();
}

void Put(std::string& out, Role role) { PutByte(out, static_cast<std::uint8_t>(role)); }
void Put(std::string& out, HistoryPolicy policy) {
  PutByte(out, static_cast<std::uint8_t>(policy));
}
void Put(std::string& out, ConversationKind kind) { PutByte(out, static_cast<std::uint8_t>(kind)); }

void Put(std::string& out, const RoleChange& change) {
  Put(out, change.user);
  Put(out, change.role);
}

void Put(std::string& out, const ReplyTo& reply) {
  Put(out, reply.seq);
  Put(out, reply.sender);
  Put(out, reply.excerpt);
}

void Put(std::string& out, const Member& member) {
  Put(out, member.role);
  Put(out, member.joined_at);
  Put(out, member.joined_seq);
  Put(out, member.first_seq);
  PutNumber(out, member.first_n);
}

template <class T>
void Put(std::string& out, const std::optional<T>& value) {
  Put(out, value.has_value());
  if (value) Put(out, *value);
}

template <class T>
void Put(std::string& out, const std::vector<T>& list) {
  PutNumber(out, list.size());
  for (const T& item : list) Put(out, item);
}

template <std::size_t N>
void Put(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), N);
}

void Put(std::string& out, const MessageBody& body) {
  Put(out, body.id);
  Put(out, body.client_id);
  Put(out, body.text);
  Put(out, body.mentions);
  Put(out, body.media);
  Put(out, body.reply_to);
}

void Put(std::string& out, const ConversationBody& body) {
  Put(out, body.created);
  Put(out, body.kind);
  Put(out, body.founders);
  Put(out, body.title);
  Put(out, body.photo);
  Put(out, body.history);
}

void Put(std::string& out, const MembersBody& body) {
  Put(out, body.added);
  Put(out, body.removed);
  Put(out, body.roles);
}

// -- Reading ------------------------------------------------------------------------------

using Reader = RecordReader;

void Get(Reader& in, bool& value) { value = in.Enum(1) == 1; }
void Get(Reader& in, Seq& seq) { seq = Seq(in.Number()); }
void Get(Reader& in, std::string& text) { text = in.Bytes(in.Number()); }
void Get(Reader& in, std::uint32_t& value) {
  const std::uint64_t number = in.Number();
  if (number > std::numeric_limits<std::uint32_t>::max()) in.Fail("a number of it is too large");
  value = static_cast<std::uint32_t>(number);
}
void Get(Reader& in, Role& role) { role = static_cast<Role>(in.Enum(1)); }
void Get(Reader& in, HistoryPolicy& policy) { policy = static_cast<HistoryPolicy>(in.Enum(1)); }
void Get(Reader& in, ConversationKind& kind) { kind = static_cast<ConversationKind>(in.Enum(1)); }

void Get(Reader& in, TimePoint& time) {
  const std::uint64_t zigzag = in.Number();
  const std::uint64_t ms = (zigzag >> 1) ^ ((zigzag & 1) != 0 ? ~std::uint64_t{0} : 0);
  time = FromMillis(static_cast<std::int64_t>(ms));
}

template <class Tag>
void Get(Reader& in, Id<Tag>& id) {
  const std::string_view bytes = in.Bytes(Uuid::kSize);
  if (!bytes.empty()) id = Id<Tag>(Uuid::FromBytes(bytes));
}

template <std::size_t N>
void Get(Reader& in, std::array<std::uint8_t, N>& bytes) {
  std::ranges::copy(in.Bytes(N), bytes.begin());
}

void Get(Reader& in, RoleChange& change) {
  Get(in, change.user);
  Get(in, change.role);
}

void Get(Reader& in, ReplyTo& reply) {
  Get(in, reply.seq);
  Get(in, reply.sender);
  Get(in, reply.excerpt);
}

void Get(Reader& in, Member& member) {
  Get(in, member.role);
  Get(in, member.joined_at);
  Get(in, member.joined_seq);
  Get(in, member.first_seq);
  member.first_n = in.Number();
}

template <class T>
void Get(Reader& in, std::optional<T>& value) {
  if (in.Enum(1) == 1) Get(in, value.emplace());
}

template <class T>
void Get(Reader& in, std::vector<T>& list) {
  // Every item of our lists takes an id at least: a wrong size ends here, and not in an allocation.
  list.resize(in.Size(Uuid::kSize));
  for (T& item : list) Get(in, item);
}

void Get(Reader& in, MessageBody& body) {
  Get(in, body.id);
  Get(in, body.client_id);
  Get(in, body.text);
  Get(in, body.mentions);
  Get(in, body.media);
  Get(in, body.reply_to);
}

void Get(Reader& in, ConversationBody& body) {
  Get(in, body.created);
  Get(in, body.kind);
  Get(in, body.founders);
  Get(in, body.title);
  Get(in, body.photo);
  Get(in, body.history);
}

void Get(Reader& in, MembersBody& body) {
  Get(in, body.added);
  Get(in, body.removed);
  Get(in, body.roles);
}

}  // namespace

void AppendRecord(std::string& out, const Entry& entry) {
  PutByte(out, kVersion);
  PutByte(out, static_cast<std::uint8_t>(entry.kind()));
  PutNumber(out, entry.n);
  Put(out, entry.at);
  Put(out, entry.actor);
  std::visit([&out](const auto& body) { Put(out, body); }, entry.body);
}

Result<Entry> ReadEntryRecord(std::string_view bytes, ConversationId conversation, Seq seq) {
  Reader reader(bytes, kVersion, "entry");
  Entry entry{.conversation = conversation, .seq = seq, .n = 0, .at = {}, .actor = {}, .body = {}};
  const auto kind = static_cast<EntryKind>(reader.Byte());
  entry.n = reader.Number();
  Get(reader, entry.at);
  Get(reader, entry.actor);
  switch (kind) {
    case EntryKind::kMessage:
      Get(reader, entry.body.emplace<MessageBody>());
      break;
    case EntryKind::kConversation:
      Get(reader, entry.body.emplace<ConversationBody>());
      break;
    case EntryKind::kMembers:
      Get(reader, entry.body.emplace<MembersBody>());
      break;
    default:
      reader.Fail("its kind is not known");
  }
  return reader.Finish(std::move(entry));
}

void AppendRecord(std::string& out, const Head& head) {
  PutByte(out, kVersion);
  Put(out, head.seq);
  PutNumber(out, head.n);
  Put(out, head.last_message);
  Put(out, head.last_message_at);
  Put(out, head.changed_at);
}

Result<Head> ReadHeadRecord(std::string_view bytes) {
  Reader reader(bytes, kVersion, "head");
  Head head;
  Get(reader, head.seq);
  head.n = reader.Number();
  Get(reader, head.last_message);
  Get(reader, head.last_message_at);
  Get(reader, head.changed_at);
  return reader.Finish(head);
}

void AppendRecord(std::string& out, const InfoRecord& record) {
  const ConversationInfo& info = record.info;
  PutByte(out, kVersion);
  Put(out, record.seq);
  Put(out, info.kind);
  Put(out, info.title);
  Put(out, info.photo);
  Put(out, info.created_by);
  Put(out, info.created_at);
  Put(out, info.history);
}

Result<InfoRecord> ReadInfoRecord(std::string_view bytes, ConversationId conversation) {
  Reader reader(bytes, kVersion, "conversation");
  InfoRecord record;
  record.info.id = conversation;
  Get(reader, record.seq);
  Get(reader, record.info.kind);
  Get(reader, record.info.title);
  Get(reader, record.info.photo);
  Get(reader, record.info.created_by);
  Get(reader, record.info.created_at);
  Get(reader, record.info.history);
  return reader.Finish(std::move(record));
}

void AppendRecord(std::string& out, const MemberRecord& record) {
  PutByte(out, kVersion);
  Put(out, record.seq);
  Put(out, record.at);
  Put(out, record.member);
}

Result<MemberRecord> ReadMemberRecord(std::string_view bytes, UserId user) {
  Reader reader(bytes, kVersion, "member");
  MemberRecord record;
  Get(reader, record.seq);
  Get(reader, record.at);
  Get(reader, record.member);
  if (record.member) record.member->user = user;
  return reader.Finish(record);
}

void AppendRecord(std::string& out, const PositionRecord& record) {
  PutByte(out, kVersion);
  Put(out, record.joined_seq);
  Put(out, record.position.read);
  PutNumber(out, record.position.read_n);
  Put(out, record.position.delivered);
  Put(out, record.at);
}

Result<PositionRecord> ReadPositionRecord(std::string_view bytes) {
  Reader reader(bytes, kVersion, "position");
  PositionRecord record;
  Get(reader, record.joined_seq);
  Get(reader, record.position.read);
  record.position.read_n = reader.Number();
  Get(reader, record.position.delivered);
  Get(reader, record.at);
  return reader.Finish(record);
}

void AppendRecord(std::string& out, const SentRecord& record) {
  PutByte(out, kVersion);
  Put(out, record.seq);
  Put(out, record.fingerprint);
  Put(out, record.at);
}

Result<SentRecord> ReadSentRecord(std::string_view bytes) {
  Reader reader(bytes, kVersion, "send");
  SentRecord record;
  Get(reader, record.seq);
  Get(reader, record.fingerprint);
  Get(reader, record.at);
  return reader.Finish(record);
}

void AppendRecord(std::string& out, const User& user) {
  PutByte(out, kVersion);
  Put(out, user.username);
  Put(out, user.display_name);
  Put(out, user.email);
  Put(out, user.avatar);
  Put(out, user.admin);
  Put(out, user.created_at);
  Put(out, user.last_active_at);
  Put(out, user.disabled);
  Put(out, user.invited_by);
}

Result<User> ReadUserRecord(std::string_view bytes, UserId id) {
  Reader reader(bytes, kVersion, "user");
  User user;
  user.id = id;
  Get(reader, user.username);
  Get(reader, user.display_name);
  Get(reader, user.email);
  Get(reader, user.avatar);
  Get(reader, user.admin);
  Get(reader, user.created_at);
  Get(reader, user.last_active_at);
  if (!reader.AtEnd()) {  // since layout 2
    Get(reader, user.disabled);
    Get(reader, user.invited_by);
  }
  return reader.Finish(std::move(user));
}

void AppendRecord(std::string& out, const Session& session) {
  PutByte(out, kVersion);
  Put(out, session.id);
  Put(out, session.user);
  Put(out, session.device_name);
  Put(out, session.created_at);
  Put(out, session.last_used_at);
}

Result<Session> ReadSessionRecord(std::string_view bytes, const TokenHash& token_hash) {
  Reader reader(bytes, kVersion, "session");
  Session session;
  session.token_hash = token_hash;
  Get(reader, session.id);
  Get(reader, session.user);
  Get(reader, session.device_name);
  Get(reader, session.created_at);
  Get(reader, session.last_used_at);
  return reader.Finish(std::move(session));
}

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
  Reader reader(bytes, kVersion, "invitation");
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
  Reader reader(bytes, kVersion, "password reset");
  PasswordReset reset;
  reset.token_hash = token_hash;
  Get(reader, reset.user);
  Get(reader, reset.expires_at);
  return reader.Finish(reset);
}

void AppendRecord(std::string& out, const AuditEntry& entry) {
  PutByte(out, kVersion);
  Put(out, entry.at);
  Put(out, entry.admin);
  PutByte(out, static_cast<std::uint8_t>(entry.action));
  Put(out, entry.target);
  PutNumber(out, entry.detail.size());
  for (const AuditDetail& detail : entry.detail) {
    Put(out, detail.name);
    Put(out, detail.value);
  }
}

Result<AuditEntry> ReadAuditRecord(std::string_view bytes, AuditId id) {
  Reader reader(bytes, kVersion, "audit entry");
  AuditEntry entry;
  entry.id = id;
  Get(reader, entry.at);
  Get(reader, entry.admin);
  entry.action = static_cast<AuditAction>(reader.Enum(kLastAuditAction));
  Get(reader, entry.target);
  entry.detail.resize(reader.Size(2));
  for (AuditDetail& detail : entry.detail) {
    Get(reader, detail.name);
    Get(reader, detail.value);
  }
  return reader.Finish(std::move(entry));
}

}  // namespace parley::wire
