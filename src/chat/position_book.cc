#include "chat/position_book.h"

#include <iterator>
#include <utility>

namespace parley::chat {

PositionBook::SteadyTime PositionBook::Record::Due(bool lazy) const {
  if (last_write == SteadyTime{}) return last_write;
  const bool soon = position.read > stored.read || !waiting.empty();
  return last_write + (soon && !lazy ? kReadInterval : kLazyInterval);
}

PositionBook::Record& PositionBook::RecordOf(UserId user, Seq joined_seq) {
  Record& record = records_[user];
  if (record.joined_seq != joined_seq) {
    record.joined_seq = joined_seq;
    record.position = Position();
    record.stored = Position();
    record.told = Position();
  }
  return record;
}

void PositionBook::Load(const Member& member, const Position& position) {
  Record& record = RecordOf(member.user, member.joined_seq);
  record.position.MergeFrom(position);
  record.stored.MergeFrom(position);
  record.told.MergeFrom(position);
}

void PositionBook::Stored(UserId user, Seq joined_seq, const Position& position) {
  Record& record = RecordOf(user, joined_seq);
  record.position.MergeFrom(position);
  record.stored.MergeFrom(position);
  if (record.untold()) untold_.insert(user);
}

Position PositionBook::Of(const Member& member) const {
  const auto it = records_.find(member.user);
  return it == records_.end() || it->second.joined_seq != member.joined_seq ? Position()
                                                                            : it->second.position;
}

bool PositionBook::Mark(const Member& member, const Position& position) {
  Record& record = RecordOf(member.user, member.joined_seq);
  record.position.MergeFrom(position);
  if (record.untold()) untold_.insert(member.user);
  if (record.dirty()) unwritten_.insert(member.user);
  return record.dirty();
}

void PositionBook::AwaitWrite(UserId user, CommandDone done) {
  records_[user].waiting.push_back(std::move(done));
  unwritten_.insert(user);
}

std::optional<PositionBook::SteadyTime> PositionBook::NextDue(bool lazy) const {
  std::optional<SteadyTime> next;
  for (const UserId& user : unwritten_) {
    const Record& record = records_.at(user);
    if (record.dirty() && (!next || record.Due(lazy) < *next)) next = record.Due(lazy);
  }
  return next;
}

PositionBook::Batch PositionBook::TakeDue(ConversationId conversation, SteadyTime now,
                                          TimePoint wall_time, bool lazy, bool all) {
  Batch batch;
  erase_if(unwritten_, [&](const UserId& user) { return !records_.at(user).dirty(); });
  for (const UserId& user : unwritten_) {
    Record& record = records_.at(user);
    if (!all && record.Due(lazy) > now) continue;
    batch.rows.push_back({conversation, user, record.joined_seq, record.position, wall_time});
    if (record.position.read > record.stored.read) batch.read_moved.push_back(user);
    std::move(record.waiting.begin(), record.waiting.end(), std::back_inserter(batch.waiting));
    record.waiting.clear();
    record.last_write = now;
  }
  return batch;
}

void PositionBook::Written(const std::vector<storage::PositionRow>& rows) {
  for (const storage::PositionRow& row : rows) {
    const auto it = records_.find(row.user);
    if (it == records_.end() || it->second.joined_seq != row.joined_seq) continue;
    it->second.stored.MergeFrom(row.position);
    if (it->second.untold()) untold_.insert(row.user);
  }
}

std::optional<PositionBook::SteadyTime> PositionBook::NextReceiptDue() const {
  std::optional<SteadyTime> next;
  for (const UserId& user : untold_) {
    const Record& record = records_.at(user);
    if (record.untold() && (!next || record.ReceiptDue() < *next)) next = record.ReceiptDue();
  }
  return next;
}

std::vector<PositionBook::Receipt> PositionBook::TakeReceipts(SteadyTime now) {
  std::vector<Receipt> receipts;
  erase_if(untold_, [&](const UserId& user) {
    Record& record = records_.at(user);
    if (!record.untold()) return true;
    if (record.ReceiptDue() > now) return false;
    record.told.MergeFrom(record.Tellable());
    record.last_told = now;
    receipts.push_back({user, record.joined_seq, record.told});
    return true;
  });
  return receipts;
}

}  // namespace parley::chat
