#include "storage/rocks/log_writer.h"

#include <cassert>
#include <functional>
#include <utility>
#include <vector>

#include "storage/rocks/keys.h"
#include "wire/records.h"

namespace parley::storage::rocks {

bool RocksLogWriter::Write(std::span<PendingAppend> group) {
  const std::lock_guard lock(mutex_);
  batch_.Clear();
  if (!ReadHeads(group).ok()) {
    for (PendingAppend& append : group) append.outcome = AppendOutcome::kRefused;
    return false;
  }
  for (PendingAppend& append : group) append.outcome = Prepare(*append.request);
  if (batch_.Count() == 0) return false;

  const WriteOutcome outcome = db_.Write(batch_, Durability::kSynced);
  if (outcome == WriteOutcome::kWritten) {
    Remember(group);
    return true;
  }
  const AppendOutcome failed =
      outcome == WriteOutcome::kRefused ? AppendOutcome::kRefused : AppendOutcome::kUnknown;
  for (PendingAppend& append : group) {
    // A conflict with an entry of this group, which is not written now, is one no more.
    append.outcome = append.outcome == AppendOutcome::kCommitted ? failed : AppendOutcome::kRefused;
  }
  return false;
}

Status RocksLogWriter::ReadHeads(std::span<const PendingAppend> group) {
  heads_.clear();
  std::vector<Key> keys;
  std::vector<ConversationId> conversations;
  for (const PendingAppend& append : group) {
    const ConversationId& conversation = append.request->conversation;
    const WrittenHead& written = written_[SlotOf(conversation)];
    const bool known = written.conversation == conversation;
    if (!heads_.try_emplace(conversation, known ? written.seq : Seq()).second || known) continue;
    keys.push_back(Key().Add(conversation));
    conversations.push_back(conversation);
  }
  if (keys.empty()) return Status::Ok();
  PARLEY_ASSIGN(const Rows rows, db_.MultiGet(Family::kHeads, keys));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows.has(i)) continue;
    const Result<Head> head = wire::ReadHeadRecord(rows.bytes(i));
    heads_[conversations[i]] = head.ok() ? std::optional(head->seq) : std::nullopt;
  }
  return Status::Ok();
}

/// kCommitted: the request is in the batch.
AppendOutcome RocksLogWriter::Prepare(const AppendRequest& request) {
  assert(!request.entries.empty() && "an append has entries");
  assert(request.entries.front()->seq == request.expected_head.Next() && "entries follow the head");
  assert(request.entries.back()->seq == request.new_head.seq && "the last entry is the new head");

  std::optional<Seq>& head = heads_[request.conversation];
  if (!head) return AppendOutcome::kRefused;
  if (*head != request.expected_head) return AppendOutcome::kConflict;
  for (const EntryPtr& entry : request.entries) writer_.AddEntry(batch_, *entry);
  writer_.AddHead(batch_, request.conversation, request.new_head);
  writer_.AddEffects(batch_, request.conversation, request.effects, request.new_head.seq);
  head = request.new_head.seq;
  return AppendOutcome::kCommitted;
}

/// Nobody else writes heads. What failed is not known here: it ends the writer.
void RocksLogWriter::Remember(std::span<const PendingAppend> group) {
  for (const PendingAppend& append : group) {
    if (append.outcome != AppendOutcome::kCommitted) continue;
    const AppendRequest& request = *append.request;
    written_[SlotOf(request.conversation)] = {.conversation = request.conversation,
                                              .seq = request.new_head.seq};
  }
}

std::size_t RocksLogWriter::SlotOf(ConversationId conversation) const {
  return std::hash<ConversationId>()(conversation) % written_.size();
}

Status RocksLogWriter::ApplyEffects(ConversationId conversation, Effects effects, Seq through) {
  const std::lock_guard lock(mutex_);
  PARLEY_ASSIGN(Effects fresh, DropOvertaken(db_, conversation, std::move(effects), through));
  batch_.Clear();
  writer_.MergePositions(batch_, std::exchange(fresh.positions, {}));
  writer_.AddEffects(batch_, conversation, fresh, through);
  return ToStatus(db_.Write(batch_, Durability::kSynced));
}

}  // namespace parley::storage::rocks
