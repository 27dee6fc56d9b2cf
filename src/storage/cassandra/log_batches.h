#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/cassandra/log_buckets.h"
#include "storage/conversation_store.h"

namespace parley::storage::cassandra {

/// A row of the log, as it is stored.
struct LogRow {
  LogClass log_class = LogClass::kMessage;
  Seq seq;
  std::string bytes;
};

/// A part of an append that is written as one: entries of one partition, if the head is `after`.
struct LogBatch {
  Seq after;
  Head head;                       ///< what it leaves
  bool last_message_known = true;  ///< of `head`; if not, it is as in the head before the append
  std::vector<LogRow> rows;

  std::int64_t bucket() const { return BucketOf(head.seq); }
};

/// Cuts an append where a bucket ends, and where a batch would pass `max_bytes` (an entry that is
/// larger alone has one to itself). Mostly it is one batch. Pure.
std::vector<LogBatch> CutAppend(const AppendRequest& request, std::size_t max_bytes);

/// Whether the head on which the append rests must be read first: for what the first batches have
/// as their last message, or since a new bucket is begun, whose condition says nothing of the one
/// before.
bool NeedsHeadBefore(const std::vector<LogBatch>& batches);

/// Fills in what CutAppend could not know.
void CompleteHeads(std::vector<LogBatch>& batches, const Head& before);

}  // namespace parley::storage::cassandra
