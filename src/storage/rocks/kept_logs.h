#pragma once

#include <filesystem>

#include <rocksdb/file_system.h>

#include "base/status.h"

namespace parley::storage::rocks {

/// Brings to the disk what lies in the logs of RocksDB that the end of a process left in `folder`;
/// called before they are read. Recovery keeps these logs and goes on in a new one, whose rows
/// count only as long as nothing is missing before them: without this a power cut could take the
/// end of an old log, and with it all that was acknowledged since. kUnavailable if the disk
/// refuses.
Status SyncKeptLogs(rocksdb::FileSystem& files, const std::filesystem::path& folder);

}  // namespace parley::storage::rocks
