#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <rocksdb/iterator.h>
#include <rocksdb/snapshot.h>

#include "base/result.h"
#include "storage/rocks/database.h"

namespace parley::storage::rocks {

/// Walks the rows of a family whose keys begin with `prefix`, and no others. Where the family has a
/// prefix extractor, `prefix` must be at least as long.
///
///   PrefixScan scan(db, Family::kMembers, Key().Add(conversation));
///   for (scan.Seek(scan.prefix()); scan.Valid(); scan.Next()) Use(scan.key(), scan.value());
///   PARLEY_TRY(scan.status());
class PrefixScan {
 public:
  PrefixScan(const Database& db, Family family, std::string_view prefix, Depth depth = Depth::kDisk,
             const rocksdb::Snapshot* snapshot = nullptr);
  PrefixScan(const PrefixScan&) = delete;
  PrefixScan& operator=(const PrefixScan&) = delete;

  /// To the first row at or after `key`, which begins with the prefix.
  void Seek(std::string_view key) { rows_->Seek(key); }
  /// To the last row at or before `key`, which begins with the prefix.
  void SeekBack(std::string_view key) { rows_->SeekForPrev(key); }
  void Next() { rows_->Next(); }
  void Previous() { rows_->Prev(); }

  bool Valid() const { return rows_->Valid(); }
  /// Valid until the scan moves.
  std::string_view key() const { return rows_->key().ToStringView(); }
  std::string_view value() const { return rows_->value().ToStringView(); }

  const std::string& prefix() const { return prefix_; }
  /// Why it is not Valid any more: OK at the end.
  Status status() const { return ToStatus(rows_->status(), family_); }

 private:
  const Family family_;
  const std::string prefix_;
  const std::string end_;  ///< the first key behind the prefix; empty: there is none
  const rocksdb::Slice lower_bound_;
  const rocksdb::Slice upper_bound_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

/// The first key behind all keys that begin with `prefix`; empty if there is none (it is all 0xFF).
std::string EndOfPrefix(std::string_view prefix);

}  // namespace parley::storage::rocks
