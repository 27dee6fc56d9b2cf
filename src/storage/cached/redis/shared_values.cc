#include "storage/cached/redis/shared_values.h"

#include <utility>

#include <fmt/format.h>

#include "wire/record_fields.h"
#include "wire/record_reader.h"
#include "wire/records.h"

namespace parley::storage::cached {
namespace {

using wire::RecordReader;
using wire::record::Get;
using wire::record::Put;

constexpr std::uint8_t kValueVersion = 1;

/// A record with its length before it.
template <class Record>
void PutRecord(std::string& out, const Record& record) {
  std::string bytes;
  wire::AppendRecord(bytes, record);
  Put(out, bytes);
}

std::string_view GetBytes(RecordReader& in) { return in.Bytes(in.Number()); }

}  // namespace

// -- Keys -----------------------------------------------------------------------------------------

SharedKeys::SharedKeys(const std::string& prefix)
    : prefix_(fmt::format("{}:{}:", prefix, kSharedSchema)) {}

std::string SharedKeys::Make(std::string_view kind, std::string_view id) const {
  return fmt::format("{}{}:{}", prefix_, kind, id);
}

std::string SharedKeys::Head(ConversationId conversation) const {
  return Make("h", conversation.ToString());
}
std::string SharedKeys::Body(ConversationId conversation) const {
  return Make("b", conversation.ToString());
}
std::string SharedKeys::Page(ConversationId conversation, std::uint64_t page) const {
  return Make("p", fmt::format("{}:{}", conversation.ToString(), page));
}
std::string SharedKeys::User(UserId user) const { return Make("u", user.ToString()); }

// -- Heads ----------------------------------------------------------------------------------------

std::string EncodeHead(const Head& head, const EntryPtr& last_message) {
  std::string bytes;
  wire::record::PutByte(bytes, kValueVersion);
  PutRecord(bytes, head);
  Put(bytes, last_message != nullptr);
  if (last_message) PutRecord(bytes, *last_message);
  return bytes;
}

Result<SharedHead> DecodeHead(std::string_view bytes, ConversationId conversation) {
  RecordReader in(bytes, kValueVersion, "head in the cache");
  const std::string_view record = GetBytes(in);
  bool has_message = false;
  Get(in, has_message);
  const std::string_view message = has_message ? GetBytes(in) : std::string_view();
  PARLEY_ASSIGN(SharedHead value, in.Finish(SharedHead()));
  PARLEY_ASSIGN(value.head, wire::ReadHeadRecord(record));
  if (has_message != (value.head.last_message != Seq())) {
    return DataLoss("a head in the cache and its message do not belong together");
  }
  if (has_message) {
    PARLEY_ASSIGN(Entry entry,
                  wire::ReadEntryRecord(message, conversation, value.head.last_message));
    value.last_message = std::make_shared<const Entry>(std::move(entry));
  }
  return value;
}

// -- Bodies ---------------------------------------------------------------------------------------

std::string EncodeBody(const ConversationSnapshot& snapshot) {
  std::string bytes;
  wire::record::PutByte(bytes, kValueVersion);
  PutRecord(bytes, wire::InfoRecord{.seq = snapshot.head.seq, .info = snapshot.info});
  wire::record::PutNumber(bytes, snapshot.members->size());
  for (const Member& member : *snapshot.members) {
    Put(bytes, member.user);
    PutRecord(bytes, wire::MemberRecord{.seq = member.joined_seq, .at = {}, .member = member});
  }
  Put(bytes, snapshot.head.n > 0);
  return bytes;
}

Result<SharedBody> DecodeBody(std::string_view bytes, ConversationId conversation) {
  RecordReader in(bytes, kValueVersion, "conversation in the cache");
  const std::string_view info = GetBytes(in);
  auto members = std::make_shared<std::vector<Member>>();
  const std::uint64_t count = in.Size(Uuid::kSize + 1);
  members->reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    UserId user;
    Get(in, user);
    PARLEY_ASSIGN(const wire::MemberRecord record, wire::ReadMemberRecord(GetBytes(in), user));
    if (!record.member) return DataLoss("a member in the cache is none");
    members->push_back(*record.member);
  }
  bool spoken_in = false;
  if (!in.AtEnd()) Get(in, spoken_in);
  PARLEY_ASSIGN(SharedBody body, in.Finish(SharedBody()));
  PARLEY_ASSIGN(wire::InfoRecord record, wire::ReadInfoRecord(info, conversation));
  body.seq = record.seq;
  body.spoken_in = spoken_in;
  body.info = std::move(record.info);
  body.members = std::move(members);
  return body;
}

// -- Pages, people --------------------------------------------------------------------------------

std::string EncodePage(std::span<const EntryPtr> entries) {
  std::string bytes;
  wire::record::PutByte(bytes, kValueVersion);
  for (const EntryPtr& entry : entries) PutRecord(bytes, *entry);
  return bytes;
}

Result<std::vector<EntryPtr>> DecodePage(std::string_view bytes, ConversationId conversation,
                                         std::uint64_t page) {
  RecordReader in(bytes, kValueVersion, "page in the cache");
  std::vector<EntryPtr> entries;
  entries.reserve(kPageEntries);
  for (std::uint64_t i = 1; i <= kPageEntries; ++i) {
    PARLEY_ASSIGN(Entry entry,
                  wire::ReadEntryRecord(GetBytes(in), conversation, Seq(page * kPageEntries + i)));
    entries.push_back(std::make_shared<const Entry>(std::move(entry)));
  }
  return in.Finish(std::move(entries));
}

std::string EncodeUser(const User& user) {
  std::string bytes;
  wire::AppendRecord(bytes, user);
  return bytes;
}

Result<User> DecodeUser(std::string_view bytes, UserId id) {
  return wire::ReadUserRecord(bytes, id);
}

}  // namespace parley::storage::cached
