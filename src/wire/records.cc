#include "wire/records.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "wire/record_fields.h"
#include "wire/record_reader.h"

namespace parley::wire {
namespace {

using record::Get;
using record::kVersion;
using record::Put;
using record::PutByte;
using record::PutNumber;

// -- Writing ------------------------------------------------------------------------------

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

void Get(Reader& in, Role& role) { role = static_cast<Role>(in.Enum(1)); }
void Get(Reader& in, HistoryPolicy& policy) { policy = static_cast<HistoryPolicy>(in.Enum(1)); }
void Get(Reader& in, ConversationKind& kind) { kind = static_cast<ConversationKind>(in.Enum(1)); }

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
  Entry entry;
  PARLEY_TRY(ReadEntryInto(entry, bytes, conversation, seq));
  return entry;
}

Status ReadEntryInto(Entry& entry, std::string_view bytes, ConversationId conversation, Seq seq) {
  Reader reader(bytes, kVersion, "entry");
  entry.conversation = conversation;
  entry.seq = seq;
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
  return reader.Finish();
}

void AppendRecord(std::string& out, const Head& head) {
  PutByte(out, kVersion);
  Put(out, head.seq);
  PutNumber(out, head.n);
  Put(out, head.last_message);
  Put(out, head.last_message_at);
  Put(out, head.changed_at);
  Put(out, head.client_ids_until);
}

Result<Head> ReadHeadRecord(std::string_view bytes) {
  Reader reader(bytes, kVersion, "head");
  Head head;
  Get(reader, head.seq);
  head.n = reader.Number();
  Get(reader, head.last_message);
  Get(reader, head.last_message_at);
  Get(reader, head.changed_at);
  if (!reader.AtEnd()) Get(reader, head.client_ids_until);
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

}  // namespace parley::wire
