#include "storage/cassandra/conversation_reads.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

Status Missing(std::string_view what, ConversationId conversation) {
  return DataLoss(
      fmt::format("the {} of conversation {} is missing", what, conversation.ToString()));
}

Status AddMembers(const Rows& rows, std::vector<Member>& members) {
  members.reserve(members.size() + rows.size());
  for (const Row row : rows) {
    PARLEY_ASSIGN(const UserId user, ReadId<UserId>(row[0]));
    PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(row[1]));
    PARLEY_ASSIGN(const wire::MemberRecord record, wire::ReadMemberRecord(bytes, user));
    if (record.member) members.push_back(*record.member);
  }
  return Status::Ok();
}

Result<ConversationInfo> DecodeInfo(const Row& row, ConversationId conversation) {
  PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(row[0]));
  PARLEY_ASSIGN(wire::InfoRecord record, wire::ReadInfoRecord(bytes, conversation));
  return std::move(record.info);
}

Result<EntryPtr> DecodeLastMessage(const Rows& rows, ConversationId conversation, Seq seq) {
  if (rows.empty()) return Missing("last message", conversation);
  PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(rows[0][0]));
  PARLEY_ASSIGN(Entry entry, wire::ReadEntryRecord(bytes, conversation, seq));
  return std::make_shared<const Entry>(std::move(entry));
}

}  // namespace

runtime::Task<Result<std::vector<SnapshotPtr>>> ConversationReads::ReadSnapshots(
    std::vector<ConversationId> conversations, ReadMode mode) {
  // The heads first: what follows from an entry is written before anybody is told of its commit, so
  // what is read later is not behind them.
  PARLEY_CO_ASSIGN(const std::vector<Head> heads, co_await log_.ReadHeads(conversations, mode));
  std::vector<Bound> bounds;
  bounds.reserve(3 * conversations.size());
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    if (heads[i].seq == Seq()) continue;
    bounds.push_back(Bind(*statements_.read_info, UuidValue(conversations[i])));
    bounds.push_back(Bind(*statements_.read_members, UuidValue(conversations[i])));
    if (const Seq last = heads[i].last_message; last != Seq()) {
      bounds.push_back(
          Bind(*statements_.read_entry, UuidValue(conversations[i]), BigintValue(BucketOf(last)),
               TinyintValue(static_cast<std::int8_t>(LogClass::kMessage)), SeqValue(last)));
    }
  }
  PARLEY_CO_ASSIGN(const std::vector<Rows> rows, co_await session_.ExecuteAll(std::move(bounds)));

  std::vector<SnapshotPtr> snapshots;
  snapshots.reserve(conversations.size());
  auto next = rows.begin();
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    if (heads[i].seq == Seq()) continue;
    auto snapshot = std::make_shared<ConversationSnapshot>();
    snapshot->head = heads[i];
    const Rows& info = *next++;
    if (info.empty() || !info[0][0]) {
      PARLEY_CO_ASSIGN(snapshot->info, co_await InfoOfCreation(conversations[i]));
    } else {
      PARLEY_CO_ASSIGN(snapshot->info, DecodeInfo(info[0], conversations[i]));
    }
    const Rows& members = *next++;
    PARLEY_CO_ASSIGN(snapshot->members, co_await ReadMembers(conversations[i], &members));
    if (const Seq last = heads[i].last_message; last != Seq()) {
      PARLEY_CO_ASSIGN(snapshot->last_message, DecodeLastMessage(*next++, conversations[i], last));
    }
    snapshots.push_back(std::move(snapshot));
  }
  co_return snapshots;
}

runtime::Task<Result<ConversationReads::Members>> ConversationReads::ReadMembers(
    ConversationId conversation, const Rows* rows) {
  auto members = std::make_shared<std::vector<Member>>();
  PARLEY_CO_TRY(AddMembers(*rows, *members));
  std::string page = rows->next_page();
  while (!page.empty()) {
    PARLEY_CO_ASSIGN(const Rows more, co_await session_.Execute(
                                          Bind(*statements_.read_members, UuidValue(conversation)),
                                          std::move(page)));
    PARLEY_CO_TRY(AddMembers(more, *members));
    page = more.next_page();
  }
  std::ranges::sort(*members, {},
                    [](const Member& member) { return std::tie(member.joined_seq, member.user); });
  co_return Members(std::move(members));
}

runtime::Task<Result<ConversationInfo>> ConversationReads::InfoOfCreation(
    ConversationId conversation) {
  PARLEY_CO_ASSIGN(const std::vector<EntryPtr> entries,
                   co_await log_.ReadEntries(conversation, Seq(), 1, 1));
  if (entries.empty()) co_return Missing("creation", conversation);
  const Entry& entry = *entries.front();
  const auto* body = std::get_if<ConversationBody>(&entry.body);
  if (body == nullptr || !body->created) co_return Missing("creation", conversation);
  ConversationInfo info;
  info.id = conversation;
  info.kind = body->kind;
  info.title = body->title.value_or("");
  info.photo = body->photo;
  info.created_by = entry.actor;
  info.created_at = entry.at;
  info.history = body->history.value_or(info.history);
  co_return info;
}

}  // namespace parley::storage::cassandra
