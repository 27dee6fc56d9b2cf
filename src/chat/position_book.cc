#include "chat/position_book.h"

#include <iterator>
#include <utility>

namespace parley::chat {

PositionBook::SteadyTime PositionBook::Record::Due(bool lazy) const {
  if (last_write == SteadyTime{}) return last_write;
  return last_write + (read_rose && !lazy ? kReadInterval : kLazyInterval);
}

PositionBook::Record& PositionBook::RecordOf(UserId user, Seq joined_seq) {
  Record& record = records_[user];
  if (record.joined_seq != joined_seq) {
    record.joined_seq = joined_seq;
    record.position = Position();
    record.read_rose = false;
    record.delivered_rose = false;
  }
  return record;
}

void PositionBook::Load(const Member& member, const Position& position) {
  RecordOf(member.user, member.joined_seq).position = position;
}

void PositionBook::Stored(UserId user, Seq joined_seq, const Position& position) {
  RecordOf(user, joined_seq).position.MergeFrom(position);
}

Position PositionBook::Of(const Member& member) const {
  const auto it = records_.find(member.user);
  return it == records_.end() || it->second.joined_seq != member.joined_seq ? Position()
                                                                            : it->second.position;
}

bool PositionBook::Mark(const Member& member, const Position& position) {
  Record& record = RecordOf(member.user, member.joined_seq);
  const Position before = record.position;
  record.position.MergeFrom(position);
  record.read_rose = record.read_rose || record.position.read > before.read;
  record.delivered_rose = record.delivered_rose || record.position.delivered > before.delivered;
  return record.dirty();
}

void PositionBook::AwaitWrite(UserId user, CommandDone done) {
  records_[user].waiting.push_back(std::move(done));
}

std::optional<PositionBook::SteadyTime> PositionBook::NextDue(bool lazy) const {
  std::optional<SteadyTime> next;
  for (const auto& [user, record] : records_) {
    if (record.dirty() && (!next || record.Due(lazy) < *next)) next = record.Due(lazy);
  }
  return next;
}

PositionBook::Batch PositionBook::TakeDue(ConversationId conversation, SteadyTime now,
                                          TimePoint wall_time, bool lazy, bool all) {
  Batch batch;
  for (auto& [user, record] : records_) {
    if (!record.dirty() || (!all && record.Due(lazy) > now)) continue;
    batch.rows.push_back({conversation, user, record.joined_seq, record.position, wall_time});
    if (record.read_rose) batch.read_moved.push_back(user);
    std::move(record.waiting.begin(), record.waiting.end(), std::back_inserter(batch.waiting));
    record.waiting.clear();
    record.read_rose = false;
    record.delivered_rose = false;
    record.last_write = now;
  }
  return batch;
}

}  // namespace parley::chat
