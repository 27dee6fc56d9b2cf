#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "runtime/blocking_pool.h"
#include "storage/store.h"

namespace parley::storage::rocks {

struct OpenOptions {
  /// A directory for the store alone; made (with mode 0700) where it is missing.
  std::filesystem::path path;
  /// Where reads run; outlives the store. Some threads, since reads may wait for the disk.
  runtime::BlockingPool& reads;
  /// What was read lately, with the filters and indexes of all files.
  std::size_t block_cache_bytes = std::size_t{256} * 1024 * 1024;
  /// What was written lately, until it goes to files; the log to read after a crash is as long.
  std::size_t write_buffer_bytes = std::size_t{64} * 1024 * 1024;
  /// Nothing is written any more with less room than this on the disk: reads go on, and there is
  /// room to recover.
  std::uint64_t min_free_bytes = std::uint64_t{64} * 1024 * 1024;
  /// False only to measure what fsync costs: then nothing is durable.
  bool sync = true;
  /// Called once, on any thread, with what happened, when the disk failed while it was written.
  /// Nothing is written after that: the node must stop (this store may not be destroyed within the
  /// call) and start anew from what is on the disk.
  UniqueFunction<void(std::string_view)> on_fatal = nullptr;
  /// Tells when rows have expired; outlives the store. Null: the system's.
  Clock* clock = nullptr;
};

/// Opens the store of one machine: RocksDB in a directory (docs/storage.md). Blocks while it
/// recovers what the last process left in the log. kUnavailable: in use by another process, or the
/// disk cannot be written; kInternal: written by a newer version; kDataLoss: damaged. The message
/// says what to do.
Result<std::unique_ptr<Store>> Open(OpenOptions options);

}  // namespace parley::storage::rocks
