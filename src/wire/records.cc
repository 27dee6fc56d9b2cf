#include "wire/records.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

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

template <std::size_t kSize>
void Put(std::string& out, const std::array<std::uint8_t, kSize>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), kSize);
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

/// Takes a record apart. After the first error all that it reads is empty, and Finish answers it.
class Reader {
 public:
  /// `what` names the record in the error.
  Reader(std::string_view bytes, std::string_view what) : rest_(bytes), what_(what) {
    if (Byte() != kVersion) Fail("its version is not known");
  }

  template <class T>
  Result<T> Finish(T value) const {
    if (error_ != nullptr) return DataLoss("a stored " + std::string(what_) + ": " + error_);
    return value;
  }

  std::uint8_t Byte() { return rest_.empty() ? Fail(kShort) : static_cast<std::uint8_t>(Take(1)[0]); }

  std::uint64_t Number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = Byte();
      const std::uint64_t bits = byte & 0x7F;
      if (shift == 63 && bits > 1) break;
      value |= bits << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return Fail("a number of it is too large");
  }

  void Get(bool& value) { value = Enum(1) == 1; }
  void Get(Seq& seq) { seq = Seq(Number()); }
  void Get(TimePoint& time) {
    const std::uint64_t zigzag = Number();
    const std::uint64_t ms = (zigzag >> 1) ^ ((zigzag & 1) != 0 ? ~std::uint64_t{0} : 0);
    time = FromMillis(static_cast<std::int64_t>(ms));
  }
  void Get(std::string& text) { text = Take(Number()); }
  template <class Tag>
  void Get(Id<Tag>& id) {
    const std::string_view bytes = Take(Uuid::kSize);
    if (!bytes.empty()) id = Id<Tag>(Uuid::FromBytes(bytes));
  }
  void Get(Role& role) { role = static_cast<Role>(Enum(1)); }
  void Get(HistoryPolicy& policy) { policy = static_cast<HistoryPolicy>(Enum(1)); }
  void Get(ConversationKind& kind) { kind = static_cast<ConversationKind>(Enum(1)); }
  void Get(RoleChange& change) {
    Get(change.user);
    Get(change.role);
  }
  void Get(ReplyTo& reply) {
    Get(reply.seq);
    Get(reply.sender);
    Get(reply.excerpt);
  }
  template <class T>
  void Get(std::optional<T>& value) {
    if (Enum(1) == 1) Get(value.emplace());
  }
  template <class T>
  void Get(std::vector<T>& list) {
    const std::uint64_t size = Number();
    // Every item of our lists takes an id at least: a wrong size ends here, and not in an allocation.
    if (size > rest_.size() / Uuid::kSize) {
      Fail(kShort);
      return;
    }
    list.resize(size);
    for (T& item : list) Get(item);
  }
  template <std::size_t kSize>
  void Get(std::array<std::uint8_t, kSize>& bytes) {
    std::ranges::copy(Take(kSize), bytes.begin());
  }
  void Get(Position& position) {
    Get(position.read);
    position.read_n = Number();
    Get(position.delivered);
  }
  void Get(Member& member) {
    Get(member.role);
    Get(member.joined_at);
    Get(member.joined_seq);
    Get(member.first_seq);
    member.first_n = Number();
  }
  void Get(MessageBody& body) {
    Get(body.id);
    Get(body.client_id);
    Get(body.text);
    Get(body.mentions);
    Get(body.media);
    Get(body.reply_to);
  }
  void Get(ConversationBody& body) {
    Get(body.created);
    Get(body.kind);
    Get(body.founders);
    Get(body.title);
    Get(body.photo);
    Get(body.history);
  }
  void Get(MembersBody& body) {
    Get(body.added);
    Get(body.removed);
    Get(body.roles);
  }

  /// The only way to more than a value: an unknown kind of something.
  std::uint8_t Fail(const char* error) {
    if (error_ == nullptr) error_ = error;
    rest_ = {};
    return 0;
  }

 private:
  static constexpr const char* kShort = "it ends too early";

  /// A byte from 0 to `last`.
  std::uint8_t Enum(std::uint8_t last) {
    const std::uint8_t byte = Byte();
    return byte <= last ? byte : Fail("a value of it is not known");
  }

  /// Nothing where there are not so many.
  std::string_view Take(std::uint64_t size) {
    if (size > rest_.size()) {
      Fail(kShort);
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  std::string_view what_;
  const char* error_ = nullptr;
};

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
  Reader reader(bytes, "entry");
  Entry entry{.conversation = conversation, .seq = seq, .n = 0, .at = {}, .actor = {}, .body = {}};
  const auto kind = static_cast<EntryKind>(reader.Byte());
  entry.n = reader.Number();
  reader.Get(entry.at);
  reader.Get(entry.actor);
  switch (kind) {
    case EntryKind::kMessage:
      reader.Get(entry.body.emplace<MessageBody>());
      break;
    case EntryKind::kConversation:
      reader.Get(entry.body.emplace<ConversationBody>());
      break;
    case EntryKind::kMembers:
      reader.Get(entry.body.emplace<MembersBody>());
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
  Reader reader(bytes, "head");
  Head head;
  reader.Get(head.seq);
  head.n = reader.Number();
  reader.Get(head.last_message);
  reader.Get(head.last_message_at);
  reader.Get(head.changed_at);
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
  Reader reader(bytes, "conversation");
  InfoRecord record;
  record.info.id = conversation;
  reader.Get(record.seq);
  reader.Get(record.info.kind);
  reader.Get(record.info.title);
  reader.Get(record.info.photo);
  reader.Get(record.info.created_by);
  reader.Get(record.info.created_at);
  reader.Get(record.info.history);
  return reader.Finish(std::move(record));
}

void AppendRecord(std::string& out, const MemberRecord& record) {
  PutByte(out, kVersion);
  Put(out, record.seq);
  Put(out, record.at);
  Put(out, record.member);
}

Result<MemberRecord> ReadMemberRecord(std::string_view bytes, UserId user) {
  Reader reader(bytes, "member");
  MemberRecord record;
  reader.Get(record.seq);
  reader.Get(record.at);
  reader.Get(record.member);
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
  Reader reader(bytes, "position");
  PositionRecord record;
  reader.Get(record.joined_seq);
  reader.Get(record.position);
  reader.Get(record.at);
  return reader.Finish(record);
}

void AppendRecord(std::string& out, const SentRecord& record) {
  PutByte(out, kVersion);
  Put(out, record.seq);
  Put(out, record.fingerprint);
  Put(out, record.at);
}

Result<SentRecord> ReadSentRecord(std::string_view bytes) {
  Reader reader(bytes, "send");
  SentRecord record;
  reader.Get(record.seq);
  reader.Get(record.fingerprint);
  reader.Get(record.at);
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
}

Result<User> ReadUserRecord(std::string_view bytes, UserId id) {
  Reader reader(bytes, "user");
  User user;
  user.id = id;
  reader.Get(user.username);
  reader.Get(user.display_name);
  reader.Get(user.email);
  reader.Get(user.avatar);
  reader.Get(user.admin);
  reader.Get(user.created_at);
  reader.Get(user.last_active_at);
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
  Reader reader(bytes, "session");
  Session session;
  session.token_hash = token_hash;
  reader.Get(session.id);
  reader.Get(session.user);
  reader.Get(session.device_name);
  reader.Get(session.created_at);
  reader.Get(session.last_used_at);
  return reader.Finish(std::move(session));
}

}  // namespace parley::wire
