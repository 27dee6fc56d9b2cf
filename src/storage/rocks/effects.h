#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/write_batch.h>

#include "storage/conversation_store.h"
#include "storage/rocks/database.h"
#include "storage/rocks/soft_writer.h"
#include "wire/records.h"

namespace parley::storage::rocks {

/// Puts entries and what follows from them into write batches. Keeps its buffers; one thread at a
/// time.
class BatchWriter {
 public:
  explicit BatchWriter(const Database& db) : db_(db) {}

  void AddEntry(rocksdb::WriteBatch& batch, const Entry& entry);
  void AddHead(rocksdb::WriteBatch& batch, ConversationId conversation, const Head& head);
  /// All of `effects`, which rest on entries up to `through`. They replace rows without a look at
  /// them: right for effects of new entries, since every row there is comes from an earlier one.
  void AddEffects(rocksdb::WriteBatch& batch, ConversationId conversation, const Effects& effects,
                  Seq through);
  /// Positions that may be older than those that are there.
  void MergePositions(rocksdb::WriteBatch& batch, const std::vector<PositionRow>& rows);

 private:
  void AddMembers(rocksdb::WriteBatch& batch, ConversationId conversation,
                  const std::vector<MemberEffect>& members);
  void AddPosition(rocksdb::WriteBatch& batch, const PositionRow& row);
  /// A row of the record in value_.
  void Put(rocksdb::WriteBatch& batch, Family family, std::string_view key);
  template <class Record>
  void Encode(const Record& record);

  const Database& db_;
  std::string value_;
};

/// Positions merge into what is stored, whoever writes them (but for those of new entries: they
/// replace it); one that says nothing is no row.
std::optional<RowMerge> PositionMergeOf(const PositionRow& row);

/// What of `effects` is not older than the rows that are there: the rest has been done, and
/// overtaken.
Result<Effects> DropOvertaken(const Database& db, ConversationId conversation, Effects effects,
                              Seq through);

}  // namespace parley::storage::rocks
