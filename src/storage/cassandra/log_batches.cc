#include "storage/cassandra/log_batches.h"

#include <algorithm>
#include <utility>

#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

/// What a row takes beside its value: key, timestamps, lengths; about.
constexpr std::size_t kRowBytes = 100;

/// The head as the entries leave it, one after the other.
class RunningHead {
 public:
  explicit RunningHead(const AppendRequest& request) {
    head_.seq = request.expected_head;
    head_.client_ids_until = request.new_head.client_ids_until;  // holds for fewer entries too
    known_ = request.expected_head == Seq();
    if (request.new_head.last_message <= request.expected_head) {
      // No message among these entries: what is the last one afterwards was so before.
      known_ = true;
      head_.last_message = request.new_head.last_message;
      head_.last_message_at = request.new_head.last_message_at;
    }
  }

  void Add(const Entry& entry) {
    head_.seq = entry.seq;
    head_.n = entry.n;
    head_.changed_at = entry.at;
    if (entry.is_message()) {
      known_ = true;
      head_.last_message = entry.seq;
    }
    if (entry.is_message() || entry.seq == Seq(1)) head_.last_message_at = entry.at;
  }

  const Head& head() const { return head_; }
  bool known() const { return known_; }

 private:
  Head head_;
  bool known_ = false;
};

}  // namespace

std::vector<LogBatch> CutAppend(const AppendRequest& request, std::size_t max_bytes) {
  std::vector<LogBatch> batches;
  RunningHead running(request);
  std::size_t bytes = 0;
  for (const EntryPtr& entry : request.entries) {
    LogRow row{.log_class = entry->is_message() ? LogClass::kMessage : LogClass::kOther,
               .seq = entry->seq,
               .bytes = {}};
    wire::AppendRecord(row.bytes, *entry);
    bytes += row.bytes.size() + kRowBytes;
    if (batches.empty() || bytes > max_bytes || EndsBucket(running.head().seq)) {
      batches.push_back(
          {.after = running.head().seq, .head = {}, .last_message_known = true, .rows = {}});
      bytes = row.bytes.size() + kRowBytes;
    }
    running.Add(*entry);
    LogBatch& batch = batches.back();
    batch.head = running.head();
    batch.last_message_known = running.known();
    batch.rows.push_back(std::move(row));
  }
  batches.back().head = request.new_head;
  batches.back().last_message_known = true;
  return batches;
}

bool NeedsHeadBefore(const std::vector<LogBatch>& batches) {
  return EndsBucket(batches.front().after) || !batches.front().last_message_known;
}

void CompleteHeads(std::vector<LogBatch>& batches, const Head& before) {
  for (LogBatch& batch : batches) {
    if (batch.last_message_known) continue;
    batch.head.last_message = before.last_message;
    batch.head.last_message_at = before.last_message_at;
    batch.last_message_known = true;
  }
}

}  // namespace parley::storage::cassandra
