#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/db.h>

#include "base/clock.h"
#include "base/result.h"
#include "storage/rocks/families.h"

namespace parley::storage::rocks {

/// The folder of a store, open to be read alone: nothing in it is changed, and while this lives no
/// server can open it. Any thread.
class SourceFiles {
 public:
  /// kNotFound: there is no store; kUnavailable: a process has it open, or it cannot be read;
  /// kInternal: of another version of the program; kDataLoss: damaged. The message says what to do.
  static Result<std::unique_ptr<SourceFiles>> Open(const std::filesystem::path& path);
  ~SourceFiles();
  SourceFiles(const SourceFiles&) = delete;
  SourceFiles& operator=(const SourceFiles&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }

 private:
  explicit SourceFiles(std::filesystem::path path) : path_(std::move(path)) {}

  /// The lock that RocksDB takes, without RocksDB, which takes none to read.
  Status Lock();
  Status OpenFamilies();
  Status CheckLayout() const;

  const std::filesystem::path path_;
  SystemClock clock_;
  int lock_ = -1;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
};

}  // namespace parley::storage::rocks
