#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <rocksdb/write_batch.h>

#include "storage/conversation_store.h"
#include "storage/group_committer.h"
#include "storage/rocks/database.h"
#include "storage/rocks/effects.h"

namespace parley::storage::rocks {

/// Writes groups of appends: one batch, one fsync. Each append that finds the expected head joins
/// the batch, with entries, head and effects; the others are in conflict, and hold up nobody.
class RocksLogWriter : public LogWriter {
 public:
  explicit RocksLogWriter(Database& db) : db_(db), writer_(db) {}

  /// The committer's thread.
  bool Write(std::span<PendingAppend> group) override;

  /// Effects once more, or late. Any thread; blocks while a group is written.
  Status ApplyEffects(ConversationId conversation, Effects effects, Seq through);

 private:
  /// Heads of the conversations of a group, as the batch leaves them; nothing where the row cannot
  /// be read.
  using Heads =
      boost::unordered_flat_map<ConversationId, std::optional<Seq>, std::hash<ConversationId>>;

  /// A head that was written last, so that a busy conversation's is not read back for each group.
  struct WrittenHead {
    ConversationId conversation;
    Seq seq;
  };
  static constexpr std::size_t kWrittenHeads = 4'096;  ///< 96 KiB, whatever is written

  Status ReadHeads(std::span<const PendingAppend> group);
  AppendOutcome Prepare(const AppendRequest& request);
  void Remember(std::span<const PendingAppend> group);
  std::size_t SlotOf(ConversationId conversation) const;

  Database& db_;
  std::mutex mutex_;           ///< effects must not come between reading a row and replacing it
  rocksdb::WriteBatch batch_;  // guarded by mutex_
  BatchWriter writer_;         // guarded by mutex_
  Heads heads_;                // of the group that is written; guarded by mutex_
  /// By hash; of two that share a slot the later stays. Guarded by mutex_.
  std::vector<WrittenHead> written_ = std::vector<WrittenHead>(kWrittenHeads);
};

}  // namespace parley::storage::rocks
