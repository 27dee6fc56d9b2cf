// parley-compact FOLDER: compacts the store of a stopped server wholly, as its own background work
// would in the end, and prints the bytes of each family of rows before and after as JSON.

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <rocksdb/db.h>

#include "base/result.h"
#include "storage/rocks/database.h"

namespace parley::bench {
namespace {

using storage::rocks::Database;
using storage::rocks::Family;
using storage::rocks::kFamilyCount;

using Bytes = std::array<std::uint64_t, kFamilyCount>;

constexpr std::size_t kMiB = std::size_t{1024} * 1024;

Status Check(const rocksdb::Status& status) {
  return status.ok() ? Status::Ok() : Unavailable(status.ToString());
}

Bytes TableBytes(const Database& database) {
  Bytes bytes{};
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    database.db().GetIntProperty(database.family(static_cast<Family>(i)),
                                 rocksdb::DB::Properties::kTotalSstFilesSize, &bytes.at(i));
  }
  return bytes;
}

Status Compact(const Database& database) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    rocksdb::ColumnFamilyHandle* family = database.family(static_cast<Family>(i));
    PARLEY_TRY(Check(database.db().Flush(rocksdb::FlushOptions(), family)));
    PARLEY_TRY(Check(database.db().CompactRange(options, family, nullptr, nullptr)));
  }
  return Status::Ok();
}

std::string Json(const Bytes& bytes) {
  std::string text = "{";
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    total += bytes.at(i);
    text += fmt::format(R"("{}":{},)", FamilyName(static_cast<Family>(i)), bytes.at(i));
  }
  return text + fmt::format(R"("total":{}}})", total);
}

Status Run(const std::string& folder) {
  PARLEY_ASSIGN(const std::unique_ptr<Database> database,
                Database::Open({.path = folder,
                                .block_cache_bytes = 64 * kMiB,
                                .write_buffer_bytes = 64 * kMiB,
                                .min_free_bytes = 0}));
  const Bytes before = TableBytes(*database);
  PARLEY_TRY(Compact(*database));
  fmt::print("{{\"before\":{},\"after\":{}}}\n", Json(before), Json(TableBytes(*database)));
  return Status::Ok();
}

}  // namespace
}  // namespace parley::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: parley-compact FOLDER   (the folder store/ of a stopped server's data)\n",
               stderr);
    return 2;
  }
  const parley::Status done = parley::bench::Run(argv[1]);
  if (done.ok()) return 0;
  std::fputs(fmt::format("parley-compact: {}\n", done.message()).c_str(), stderr);
  return 1;
}
