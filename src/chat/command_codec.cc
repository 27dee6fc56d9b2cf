#include "chat/command_codec.h"

#include <chrono>
#include <utility>
#include <vector>

#include "wire/record_fields.h"
#include "wire/record_reader.h"
#include "wire/records.h"

namespace parley::chat {
namespace {

using wire::RecordReader;
using wire::record::Get;
using wire::record::kVersion;
using wire::record::Put;
using wire::record::PutByte;
using wire::record::PutNumber;

// On the bus; never change.
enum class BodyKind : std::uint8_t {
  kCreate,
  kSend,
  kUpdate,
  kAddMembers,
  kRemoveMember,
  kSetRole,
  kMark,
  kTyping,
  kLast = kTyping,
};

constexpr auto kLastRole = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kLastPolicy = static_cast<std::uint8_t>(HistoryPolicy::kAll);
constexpr auto kLastCode = static_cast<std::uint8_t>(StatusCode::kInternal);

// -- Writing --------------------------------------------------------------------------------------

template <class T, class PutItem>
void PutOptional(std::string& out, const std::optional<T>& value, PutItem put) {
  Put(out, value.has_value());
  if (value) put(*value);
}

void PutUsers(std::string& out, const std::vector<User>& users) {
  PutNumber(out, users.size());
  std::string record;
  for (const User& user : users) {
    record.clear();
    wire::AppendRecord(record, user);
    Put(out, user.id);
    Put(out, record);
  }
}

BodyKind PutBody(std::string& out, const CreateCommand& body) {
  std::string info;
  wire::AppendRecord(info, wire::InfoRecord{Seq(), body.info});
  Put(out, info);
  PutUsers(out, body.founders);
  return BodyKind::kCreate;
}

BodyKind PutBody(std::string& out, const SendCommand& body) {
  Put(out, body.client_id);
  Put(out, body.text);
  PutNumber(out, body.media.size());
  for (const MediaId& id : body.media) Put(out, id);
  PutOptional(out, body.reply_to, [&](Seq seq) { Put(out, seq); });
  return BodyKind::kSend;
}

BodyKind PutBody(std::string& out, const UpdateCommand& body) {
  PutOptional(out, body.title, [&](const std::string& title) { Put(out, title); });
  PutOptional(out, body.history,
              [&](HistoryPolicy policy) { PutByte(out, static_cast<std::uint8_t>(policy)); });
  return BodyKind::kUpdate;
}

BodyKind PutBody(std::string& out, const AddMembersCommand& body) {
  PutUsers(out, body.users);
  return BodyKind::kAddMembers;
}

BodyKind PutBody(std::string& out, const RemoveMemberCommand& body) {
  Put(out, body.user);
  return BodyKind::kRemoveMember;
}

BodyKind PutBody(std::string& out, const SetRoleCommand& body) {
  Put(out, body.user);
  PutByte(out, static_cast<std::uint8_t>(body.role));
  return BodyKind::kSetRole;
}

BodyKind PutBody(std::string& out, const MarkCommand& body) {
  Put(out, body.read);
  Put(out, body.delivered);
  Put(out, body.answer == MarkAnswer::kWhenWritten);
  return BodyKind::kMark;
}

BodyKind PutBody(std::string& out, const TypingCommand& body) {
  PutNumber(out, body.device);
  Put(out, body.active);
  return BodyKind::kTyping;
}

void PutStatus(std::string& out, const Status& status) {
  PutByte(out, static_cast<std::uint8_t>(status.code()));
  if (status.ok()) return;
  Put(out, status.message());
  PutNumber(out, status.fields().size());
  for (const FieldError& field : status.fields()) {
    Put(out, field.field);
    Put(out, field.detail);
  }
  PutOptional(out, status.retry_after(), [&](std::chrono::milliseconds after) {
    PutNumber(out, static_cast<std::uint64_t>(after.count()));
  });
}

// -- Reading --------------------------------------------------------------------------------------

template <class T>
void GetOptional(RecordReader& in, std::optional<T>& value) {
  bool present = false;
  Get(in, present);
  if (present) Get(in, value.emplace());
}

/// A record within the record.
template <class T>
void Take(RecordReader& in, Result<T> inner, T& into) {
  if (inner.ok()) {
    into = *std::move(inner);
  } else {
    in.Fail("a record in it cannot be understood");
  }
}

void GetUsers(RecordReader& in, std::vector<User>& users) {
  const std::uint64_t count = in.Size(Uuid::kSize + 1);
  users.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    UserId id;
    Get(in, id);
    Take(in, wire::ReadUserRecord(in.Bytes(in.Number()), id), users.emplace_back());
  }
}

void GetBody(RecordReader& in, ConversationId conversation, CreateCommand& body) {
  wire::InfoRecord info;
  Take(in, wire::ReadInfoRecord(in.Bytes(in.Number()), conversation), info);
  body.info = std::move(info.info);
  GetUsers(in, body.founders);
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, SendCommand& body) {
  Get(in, body.client_id);
  Get(in, body.text);
  body.media.resize(in.Size(Uuid::kSize));
  for (MediaId& id : body.media) Get(in, id);
  GetOptional(in, body.reply_to);
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, UpdateCommand& body) {
  GetOptional(in, body.title);
  bool present = false;
  Get(in, present);
  if (present) body.history = static_cast<HistoryPolicy>(in.Enum(kLastPolicy));
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, AddMembersCommand& body) {
  GetUsers(in, body.users);
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, RemoveMemberCommand& body) {
  Get(in, body.user);
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, SetRoleCommand& body) {
  Get(in, body.user);
  body.role = static_cast<Role>(in.Enum(kLastRole));
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, MarkCommand& body) {
  Get(in, body.read);
  Get(in, body.delivered);
  bool written = false;
  Get(in, written);
  body.answer = written ? MarkAnswer::kWhenWritten : MarkAnswer::kWhenTaken;
}

void GetBody(RecordReader& in, ConversationId /*conversation*/, TypingCommand& body) {
  body.device = in.Number();
  Get(in, body.active);
}

template <class Body>
CommandBody ReadBody(RecordReader& in, ConversationId conversation) {
  Body body;
  GetBody(in, conversation, body);
  return body;
}

CommandBody GetAnyBody(RecordReader& in, ConversationId conversation) {
  switch (static_cast<BodyKind>(in.Enum(static_cast<std::uint8_t>(BodyKind::kLast)))) {
    case BodyKind::kCreate:
      return ReadBody<CreateCommand>(in, conversation);
    case BodyKind::kSend:
      return ReadBody<SendCommand>(in, conversation);
    case BodyKind::kUpdate:
      return ReadBody<UpdateCommand>(in, conversation);
    case BodyKind::kAddMembers:
      return ReadBody<AddMembersCommand>(in, conversation);
    case BodyKind::kRemoveMember:
      return ReadBody<RemoveMemberCommand>(in, conversation);
    case BodyKind::kSetRole:
      return ReadBody<SetRoleCommand>(in, conversation);
    case BodyKind::kMark:
      return ReadBody<MarkCommand>(in, conversation);
    case BodyKind::kTyping:
      break;
  }
  return ReadBody<TypingCommand>(in, conversation);
}

Status GetStatus(RecordReader& in) {
  const auto code = static_cast<StatusCode>(in.Enum(kLastCode));
  if (code == StatusCode::kOk) return Status::Ok();
  std::string message;
  Get(in, message);
  Status status(code, std::move(message));
  const std::uint64_t count = in.Size(2);
  for (std::uint64_t i = 0; i < count; ++i) {
    FieldError field;
    Get(in, field.field);
    Get(in, field.detail);
    status = status.WithField(std::move(field.field), std::move(field.detail));
  }
  bool present = false;
  Get(in, present);
  if (!present) return status;
  return status.WithRetryAfter(std::chrono::milliseconds(in.Number()));
}

}  // namespace

std::string EncodeCommand(const ForwardedCommand& command) {
  std::string body;
  const BodyKind kind =
      std::visit([&](const auto& each) { return PutBody(body, each); }, command.body);
  std::string out;
  out.reserve(body.size() + 64);
  PutByte(out, kVersion);
  PutNumber(out, command.link);
  PutNumber(out, command.number);
  Put(out, command.conversation);
  Put(out, command.caller);
  PutByte(out, static_cast<std::uint8_t>(kind));
  out += body;
  return out;
}

Result<ForwardedCommand> DecodeCommand(std::string_view bytes) {
  RecordReader in(bytes, kVersion, "command");
  ForwardedCommand command;
  command.link = in.Number();
  command.number = in.Number();
  Get(in, command.conversation);
  Get(in, command.caller);
  command.body = GetAnyBody(in, command.conversation);
  return in.Finish(std::move(command));
}

std::string EncodeAnswer(const ForwardedAnswer& answer) {
  std::string out;
  PutByte(out, kVersion);
  Put(out, answer.missed);
  PutStatus(out, answer.answer.status());
  if (!answer.answer.ok()) return out;
  const CommandAnswer& made = *answer.answer;
  Put(out, made.existed);
  Put(out, made.entry != nullptr);
  if (made.entry == nullptr) return out;
  Put(out, made.entry->seq);
  std::string record;
  wire::AppendRecord(record, *made.entry);
  Put(out, record);
  return out;
}

Result<ForwardedAnswer> DecodeAnswer(std::string_view bytes, ConversationId conversation) {
  RecordReader in(bytes, kVersion, "answer");
  ForwardedAnswer answer;
  Get(in, answer.missed);
  const Status status = GetStatus(in);
  if (!status.ok()) {
    answer.answer = status;
    return in.Finish(std::move(answer));
  }
  CommandAnswer made;
  Get(in, made.existed);
  bool has_entry = false;
  Get(in, has_entry);
  if (has_entry) {
    Seq seq;
    Get(in, seq);
    Entry entry;
    Take(in, wire::ReadEntryRecord(in.Bytes(in.Number()), conversation, seq), entry);
    made.entry = std::make_shared<const Entry>(std::move(entry));
  }
  answer.answer = std::move(made);
  return in.Finish(std::move(answer));
}

}  // namespace parley::chat
