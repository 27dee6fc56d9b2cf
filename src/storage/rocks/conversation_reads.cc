#include "storage/rocks/conversation_reads.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/snapshot.h>

#include "storage/rocks/keys.h"
#include "storage/rocks/prefix_scan.h"
#include "wire/records.h"

// The reads of what follows from the log.
namespace parley::storage::rocks {
namespace {

Status Missing(std::string_view what, ConversationId conversation) {
  return DataLoss(
      fmt::format("the {} of conversation {} is missing", what, conversation.ToString()));
}

/// For a walk through rows whose number nobody knew before.
Status CheckQuick(std::size_t rows, Depth depth) {
  const bool quick = depth == Depth::kDisk || rows <= kQuickRows;
  return quick ? Status::Ok() : Unavailable("the list is long");
}

/// The members of `conversation`, by a walk of `rows` through the family of members.
Result<std::shared_ptr<const std::vector<Member>>> ReadMembers(rocksdb::Iterator& rows,
                                                               ConversationId conversation,
                                                               Depth depth) {
  auto members = std::make_shared<std::vector<Member>>();
  for (rows.Seek(conversation.view()); rows.Valid(); rows.Next()) {
    const std::string_view key = rows.key().ToStringView();
    if (!key.starts_with(conversation.view())) break;
    PARLEY_ASSIGN(const wire::MemberRecord row,
                  wire::ReadMemberRecord(rows.value().ToStringView(), IdAtEnd<UserId>(key)));
    if (row.member) members->push_back(*row.member);
    PARLEY_TRY(CheckQuick(members->size(), depth));
  }
  PARLEY_TRY(ToStatus(rows.status(), Family::kMembers));
  std::ranges::sort(*members, {},
                    [](const Member& member) { return std::tie(member.joined_seq, member.user); });
  return std::shared_ptr<const std::vector<Member>>(std::move(members));
}

/// A member's row, written at `at`, and how far they came. A position of another stay does not
/// show.
Membership MakeMembership(ConversationId conversation, const Member& member, TimePoint at,
                          const std::optional<wire::PositionRecord>& position) {
  Membership membership{
      .conversation = conversation, .member = member, .position = {}, .changed_at = at};
  if (position && position->joined_seq == member.joined_seq) {
    membership.position = position->position;
    membership.changed_at = std::max(at, position->at);
  }
  return membership;
}

}  // namespace

Result<SnapshotPtr> ConversationReads::ReadSnapshot(ConversationId conversation,
                                                    Depth depth) const {
  PARLEY_ASSIGN(std::vector<SnapshotPtr> snapshots, ReadSnapshots({conversation}, depth));
  if (snapshots.empty()) return NotFound("no such conversation");
  return std::move(snapshots.front());
}

Result<std::vector<SnapshotPtr>> ConversationReads::ReadSnapshots(
    const std::vector<ConversationId>& conversations, Depth depth) const {
  rocksdb::ManagedSnapshot moment(&db_.db());
  const rocksdb::Snapshot* at = moment.snapshot();
  std::vector<Key> keys;
  keys.reserve(conversations.size());
  for (const ConversationId& conversation : conversations) keys.push_back(Key().Add(conversation));
  PARLEY_ASSIGN(const Rows heads, db_.MultiGet(Family::kHeads, keys, depth, at));
  PARLEY_ASSIGN(const Rows infos, db_.MultiGet(Family::kConversations, keys, depth, at));

  // One iterator for all: making it costs more than moving it.
  rocksdb::ReadOptions options = OptionsOf(depth, at);
  options.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> members(
      db_.db().NewIterator(options, db_.family(Family::kMembers)));

  std::vector<std::shared_ptr<ConversationSnapshot>> found;
  std::vector<Key> last_keys;  // of the snapshots that have a last message, in their order
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    if (!heads.has(i)) continue;
    if (!infos.has(i)) return Missing("description", conversations[i]);
    auto snapshot = std::make_shared<ConversationSnapshot>();
    PARLEY_ASSIGN(snapshot->head, wire::ReadHeadRecord(heads.bytes(i)));
    PARLEY_ASSIGN(wire::InfoRecord info, wire::ReadInfoRecord(infos.bytes(i), conversations[i]));
    snapshot->info = std::move(info.info);
    PARLEY_ASSIGN(snapshot->members, ReadMembers(*members, conversations[i], depth));
    if (const Seq last = snapshot->head.last_message; last != Seq()) {
      last_keys.push_back(LogKey(conversations[i], LogClass::kMessage, last));
    }
    found.push_back(std::move(snapshot));
  }

  PARLEY_ASSIGN(const Rows last_messages, db_.MultiGet(Family::kLog, last_keys, depth, at));
  std::size_t next = 0;
  for (const std::shared_ptr<ConversationSnapshot>& snapshot : found) {
    const Seq seq = snapshot->head.last_message;
    if (seq == Seq()) continue;
    const std::size_t row = next++;
    if (!last_messages.has(row)) return Missing("last message", snapshot->info.id);
    PARLEY_ASSIGN(Entry entry,
                  wire::ReadEntryRecord(last_messages.bytes(row), snapshot->info.id, seq));
    snapshot->last_message = std::make_shared<const Entry>(std::move(entry));
  }
  return std::vector<SnapshotPtr>(found.begin(), found.end());
}

bool ConversationReads::MayHaveSent(ConversationId conversation, UserId sender,
                                    ClientId client_id) const {
  return db_.MayExist(Family::kSent, SentKey(conversation, sender, client_id));
}

Result<std::optional<SentRow>> ConversationReads::FindSent(ConversationId conversation,
                                                           UserId sender, ClientId client_id,
                                                           TimePoint not_before,
                                                           Depth depth) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found,
                db_.Get(Family::kSent, SentKey(conversation, sender, client_id), value, depth));
  if (!found) return std::optional<SentRow>();
  PARLEY_ASSIGN(const wire::SentRecord sent, wire::ReadSentRecord(value.ToStringView()));
  if (sent.at < not_before) return std::optional<SentRow>();
  return std::optional(SentRow{.sender = sender,
                               .client_id = client_id,
                               .seq = sent.seq,
                               .fingerprint = sent.fingerprint,
                               .at = sent.at});
}

Result<std::vector<Membership>> ConversationReads::ReadMemberships(UserId user, Depth depth) const {
  std::vector<Membership> memberships;
  const Key prefix = Key().Add(user);
  // Both are in the order of the conversations: one walk through each.
  PrefixScan rows(db_, Family::kMemberships, prefix, depth);
  PrefixScan positions(db_, Family::kPositions, prefix, depth);
  positions.Seek(prefix);
  for (rows.Seek(prefix); rows.Valid(); rows.Next()) {
    PARLEY_ASSIGN(const wire::MemberRecord row, wire::ReadMemberRecord(rows.value(), user));
    if (!row.member) continue;
    while (positions.Valid() && positions.key() < rows.key()) positions.Next();
    std::optional<wire::PositionRecord> position;
    if (positions.Valid() && positions.key() == rows.key()) {
      PARLEY_ASSIGN(position, wire::ReadPositionRecord(positions.value()));
    }
    memberships.push_back(
        MakeMembership(IdAtEnd<ConversationId>(rows.key()), *row.member, row.at, position));
    PARLEY_TRY(CheckQuick(memberships.size(), depth));
  }
  PARLEY_TRY(rows.status());
  PARLEY_TRY(positions.status());
  return memberships;
}

Result<std::optional<Membership>> ConversationReads::FindMembership(UserId user,
                                                                    ConversationId conversation,
                                                                    Depth depth) const {
  const Key key = PairKey(user, conversation);
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kMemberships, key, value, depth));
  if (!found) return std::optional<Membership>();
  PARLEY_ASSIGN(const wire::MemberRecord row, wire::ReadMemberRecord(value.ToStringView(), user));
  if (!row.member) return std::optional<Membership>();
  std::optional<wire::PositionRecord> position;
  PARLEY_ASSIGN(const bool moved, db_.Get(Family::kPositions, key, value, depth));
  if (moved) {
    PARLEY_ASSIGN(position, wire::ReadPositionRecord(value.ToStringView()));
  }
  return std::optional(MakeMembership(conversation, *row.member, row.at, position));
}

Result<std::vector<Position>> ConversationReads::ReadPositions(ConversationId conversation,
                                                               const std::vector<Member>& members,
                                                               Depth depth) const {
  std::vector<Key> keys;
  keys.reserve(members.size());
  for (const Member& member : members) keys.push_back(PairKey(member.user, conversation));
  PARLEY_ASSIGN(const Rows rows, db_.MultiGet(Family::kPositions, keys, depth));
  std::vector<Position> positions(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!rows.has(i)) continue;
    PARLEY_ASSIGN(const wire::PositionRecord row, wire::ReadPositionRecord(rows.bytes(i)));
    if (row.joined_seq == members[i].joined_seq) positions[i] = row.position;
  }
  return positions;
}

Result<std::size_t> ConversationReads::CountMentions(UserId user, ConversationId conversation,
                                                     Seq after, std::size_t cap,
                                                     Depth depth) const {
  std::size_t count = 0;
  if (after.Next() == Seq()) return count;
  PrefixScan scan(db_, Family::kMentions, PairKey(user, conversation), depth);
  for (scan.Seek(MentionKey(user, conversation, after.Next())); scan.Valid() && count < cap;
       scan.Next()) {
    ++count;
  }
  PARLEY_TRY(scan.status());
  return count;
}

}  // namespace parley::storage::rocks
