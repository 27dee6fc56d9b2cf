#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <mutex>

#include <rocksdb/env.h>

namespace parley::storage::rocks {

/// RocksDB's reports of what it does, in a file LOG, and LOG.old with those before. RocksDB's own
/// writer of them aborts the process once a full disk has let one down (7.8 with assertions, as
/// Debian builds it: so it was seen), and spdlog's rotating file crashes where it cannot be opened
/// again; here what cannot be written is dropped. Any thread; writes at once.
class Reports final : public rocksdb::Logger {
 public:
  /// Of each of the two files.
  static constexpr std::size_t kMaxBytes = std::size_t{8} * 1024 * 1024;

  explicit Reports(const std::filesystem::path& folder);
  ~Reports() override;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override;

 private:
  /// Moves LOG to LOG.old and begins anew, if the disk allows.
  void Begin();

  const std::filesystem::path path_;
  std::mutex mutex_;
  std::FILE* file_ = nullptr;  // guarded by mutex_; null: it could not be opened
  std::size_t bytes_ = 0;      // guarded by mutex_
};

}  // namespace parley::storage::rocks
