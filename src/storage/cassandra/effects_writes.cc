#include "storage/cassandra/effects_writes.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

/// Rows of one partition that go into one write: as much as a node takes at once without effort.
constexpr std::size_t kRowsPerWrite = 100;

template <class Record>
Value RecordValue(const Record& record) {
  std::string bytes;
  wire::AppendRecord(bytes, record);
  return BlobValue(std::move(bytes));
}

/// Gathers rows of one partition, and cuts them into writes.
class PartitionRows {
 public:
  explicit PartitionRows(std::vector<PartitionWrite>& writes) : writes_(writes) {}

  void Add(Bound row) {
    if (begun_ == 0) writes_.emplace_back();
    begun_ = (begun_ + 1) % kRowsPerWrite;
    writes_.back().push_back(std::move(row));
  }

 private:
  std::vector<PartitionWrite>& writes_;
  std::size_t begun_ = 0;
};

/// The last that the entries say of each person: of two writes with one time the larger bytes would
/// stay, and the earlier ones are of no use.
std::map<UserId, const MemberEffect*> LastOfEach(std::span<const MemberEffect> effects) {
  std::map<UserId, const MemberEffect*> last;
  for (const MemberEffect& effect : effects) {
    const MemberEffect*& place = last[effect.user];
    if (place == nullptr || effect.seq >= place->seq) place = &effect;
  }
  return last;
}

void AddMembers(const ConversationStatements& statements, ConversationId conversation,
                std::span<const MemberEffect> effects, std::vector<PartitionWrite>& writes) {
  const std::map<UserId, const MemberEffect*> last = LastOfEach(effects);
  std::map<UserId, Seq> left;  // the last time
  for (const MemberEffect& effect : effects) {
    if (!effect.member) left[effect.user] = std::max(left[effect.user], effect.seq);
  }

  PartitionRows members(writes);
  for (const auto& [user, effect] : last) {
    const Statement& write =
        effect->member ? *statements.write_member : *statements.write_left_member;
    members.Add(Bind(write, SeqValue(effect->seq),
                     RecordValue(wire::MemberRecord{
                         .seq = effect->seq, .at = effect->at, .member = effect->member}),
                     UuidValue(conversation), UuidValue(user)));
  }
  for (const auto& [user, effect] : last) {
    const Statement& write =
        effect->member ? *statements.write_membership : *statements.write_left_membership;
    PartitionWrite& rows = writes.emplace_back();
    rows.push_back(Bind(write, SeqValue(effect->seq),
                        RecordValue(wire::MemberRecord{
                            .seq = effect->seq, .at = effect->at, .member = effect->member}),
                        UuidValue(user), UuidValue(conversation)));
    // Positions of a stay that is over show nowhere any more.
    if (const auto over = left.find(user); over != left.end()) {
      rows.push_back(Bind(*statements.forget_stays, SeqValue(over->second), UuidValue(user),
                          UuidValue(conversation), SeqValue(over->second)));
    }
  }
}

void AddMentions(const ConversationStatements& statements, ConversationId conversation,
                 std::vector<MentionRow> mentions, std::vector<PartitionWrite>& writes) {
  std::ranges::sort(mentions, {}, &MentionRow::user);
  for (auto row = mentions.begin(); row != mentions.end();) {
    PartitionRows of_user(writes);
    for (const UserId user = row->user; row != mentions.end() && row->user == user; ++row) {
      of_user.Add(Bind(*statements.write_mention, UuidValue(user), UuidValue(conversation),
                       SeqValue(row->seq), SeqValue(row->seq)));
    }
  }
}

}  // namespace

std::vector<PartitionWrite> WritesOf(const ConversationStatements& statements,
                                     std::span<const PositionRow> rows) {
  std::vector<PartitionWrite> writes;
  writes.reserve(rows.size());
  for (const PositionRow& row : rows) {
    const Position& position = row.position;
    PartitionWrite write;
    if (position.read != Seq()) {
      write.push_back(Bind(*statements.write_read, SeqValue(position.read), SeqValue(position.read),
                           BigintValue(static_cast<std::int64_t>(position.read_n)),
                           TimestampValue(row.at), UuidValue(row.user), UuidValue(row.conversation),
                           SeqValue(row.joined_seq)));
    }
    if (position.delivered != Seq()) {
      write.push_back(Bind(*statements.write_delivered, SeqValue(position.delivered),
                           SeqValue(position.delivered), TimestampValue(row.at),
                           UuidValue(row.user), UuidValue(row.conversation),
                           SeqValue(row.joined_seq)));
    }
    if (!write.empty()) writes.push_back(std::move(write));
  }
  return writes;
}

std::vector<PartitionWrite> WritesOf(const ConversationStatements& statements,
                                     ConversationId conversation, const Effects& effects,
                                     Seq through) {
  std::vector<PartitionWrite> writes = WritesOf(statements, effects.positions);
  writes.reserve(writes.size() + 1 + 2 * effects.members.size() + effects.sent.size() +
                 effects.mentions.size());
  if (effects.info) {
    writes.push_back({Bind(*statements.write_info, SeqValue(through),
                           RecordValue(wire::InfoRecord{.seq = through, .info = *effects.info}),
                           UuidValue(conversation))});
  }
  AddMembers(statements, conversation, effects.members, writes);
  for (const SentRow& sent : effects.sent) {
    writes.push_back(
        {Bind(*statements.write_sent, SeqValue(sent.seq),
              RecordValue(wire::SentRecord{
                  .seq = sent.seq, .fingerprint = sent.fingerprint, .at = sent.at}),
              UuidValue(conversation), UuidValue(sent.sender), UuidValue(sent.client_id))});
  }
  AddMentions(statements, conversation, effects.mentions, writes);
  return writes;
}

}  // namespace parley::storage::cassandra
