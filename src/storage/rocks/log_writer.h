#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>

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
  using Heads = std::unordered_map<ConversationId, std::optional<Seq>>;

  Result<Heads> ReadHeads(std::span<const PendingAppend> group) const;
  AppendOutcome Prepare(const AppendRequest& request, Heads& heads);

  Database& db_;
  std::mutex mutex_;           ///< effects must not come between reading a row and replacing it
  rocksdb::WriteBatch batch_;  // guarded by mutex_
  BatchWriter writer_;         // guarded by mutex_
};

}  // namespace parley::storage::rocks
