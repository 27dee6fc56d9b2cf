#include "storage/rocks/effects.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/rocks/keys.h"

namespace parley::storage::rocks {
namespace {

/// Whether the row of `key` is of a later entry than `seq`. `read` makes a record of its bytes.
template <class Read>
Result<bool> IsOvertaken(const Database& db, Family family, std::string_view key, Seq seq,
                         Read read) {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db.Get(family, key, value));
  if (!found) return false;
  PARLEY_ASSIGN(const auto record, read(value.ToStringView()));
  return record.seq > seq;
}

wire::PositionRecord RecordOf(const PositionRow& row) {
  return {.joined_seq = row.joined_seq, .position = row.position, .at = row.at};
}

}  // namespace

template <class Record>
void BatchWriter::Encode(const Record& record) {
  value_.clear();
  wire::AppendRecord(value_, record);
}

void BatchWriter::Put(rocksdb::WriteBatch& batch, Family family, std::string_view key) {
  // Fails only for batches with a size limit, and ours have none.
  batch.Put(db_.family(family), key, value_).PermitUncheckedError();
}

void BatchWriter::AddEntry(rocksdb::WriteBatch& batch, const Entry& entry) {
  Encode(entry);
  const LogClass log_class = entry.is_message() ? LogClass::kMessage : LogClass::kOther;
  Put(batch, Family::kLog, LogKey(entry.conversation, log_class, entry.seq));
}

void BatchWriter::AddHead(rocksdb::WriteBatch& batch, ConversationId conversation,
                          const Head& head) {
  Encode(head);
  Put(batch, Family::kHeads, Key().Add(conversation));
}

void BatchWriter::AddEffects(rocksdb::WriteBatch& batch, ConversationId conversation,
                             const Effects& effects, Seq through) {
  if (effects.info) {
    Encode(wire::InfoRecord{.seq = through, .info = *effects.info});
    Put(batch, Family::kConversations, Key().Add(conversation));
  }
  AddMembers(batch, conversation, effects.members);
  for (const SentRow& sent : effects.sent) {
    Encode(wire::SentRecord{.seq = sent.seq, .fingerprint = sent.fingerprint, .at = sent.at});
    Put(batch, Family::kSent, SentKey(conversation, sent.sender, sent.client_id));
  }
  value_.clear();  // a mention is its key
  for (const MentionRow& mention : effects.mentions) {
    Put(batch, Family::kMentions, MentionKey(mention.user, conversation, mention.seq));
  }
  for (const PositionRow& position : effects.positions) AddPosition(batch, position);
}

void BatchWriter::AddMembers(rocksdb::WriteBatch& batch, ConversationId conversation,
                             const std::vector<MemberEffect>& members) {
  std::vector<const MemberEffect*> in_order;
  in_order.reserve(members.size());
  for (const MemberEffect& effect : members) in_order.push_back(&effect);
  // Who leaves and comes back has two: the later one is put last, and stays.
  std::ranges::sort(in_order, {}, &MemberEffect::seq);
  for (const MemberEffect* effect : in_order) {
    Encode(wire::MemberRecord{.seq = effect->seq, .at = effect->at, .member = effect->member});
    Put(batch, Family::kMembers, PairKey(conversation, effect->user));
    Put(batch, Family::kMemberships, PairKey(effect->user, conversation));
  }
}

/// Whoever sends an entry has come up to it: nobody has written of this person a later position of
/// this stay, nor one of a later stay. A plain row then says what a merge would, and RocksDB need
/// not look for those before it.
void BatchWriter::AddPosition(rocksdb::WriteBatch& batch, const PositionRow& row) {
  if (row.position == Position()) return;
  Encode(RecordOf(row));
  Put(batch, Family::kPositions, PairKey(row.user, row.conversation));
}

void BatchWriter::MergePositions(rocksdb::WriteBatch& batch, const std::vector<PositionRow>& rows) {
  for (const PositionRow& row : rows) {
    const std::optional<RowMerge> merge = PositionMergeOf(row);
    if (!merge) continue;
    batch.Merge(db_.family(merge->family), merge->key, merge->value).PermitUncheckedError();
  }
}

std::optional<RowMerge> PositionMergeOf(const PositionRow& row) {
  if (row.position == Position()) return std::nullopt;
  RowMerge merge{.family = Family::kPositions,
                 .key = std::string(PairKey(row.user, row.conversation).view()),
                 .value = {}};
  wire::AppendRecord(merge.value, RecordOf(row));
  return merge;
}

Result<Effects> DropOvertaken(const Database& db, ConversationId conversation, Effects effects,
                              Seq through) {
  if (effects.info) {
    const auto read = [&](std::string_view bytes) {
      return wire::ReadInfoRecord(bytes, conversation);
    };
    PARLEY_ASSIGN(const bool overtaken,
                  IsOvertaken(db, Family::kConversations, Key().Add(conversation), through, read));
    if (overtaken) effects.info.reset();
  }

  std::vector<MemberEffect> members;
  for (const MemberEffect& effect : effects.members) {
    const auto read = [&](std::string_view bytes) {
      return wire::ReadMemberRecord(bytes, effect.user);
    };
    PARLEY_ASSIGN(
        const bool overtaken,
        IsOvertaken(db, Family::kMembers, PairKey(conversation, effect.user), effect.seq, read));
    if (!overtaken) members.push_back(effect);
  }
  effects.members = std::move(members);

  std::vector<SentRow> sent;
  for (const SentRow& row : effects.sent) {
    PARLEY_ASSIGN(const bool overtaken,
                  IsOvertaken(db, Family::kSent, SentKey(conversation, row.sender, row.client_id),
                              row.seq, wire::ReadSentRecord));
    if (!overtaken) sent.push_back(row);
  }
  effects.sent = std::move(sent);
  return effects;
}

}  // namespace parley::storage::rocks
