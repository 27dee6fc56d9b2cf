#pragma once

#include <filesystem>
#include <stop_token>

#include "base/status.h"

namespace parley::storage::rocks {

/// Copies the folder `from`, which holds files and no folders, to `to`, which must not exist (its
/// parent must), for its owner alone, and syncs it. Given up behind the file under way when `stop`
/// is requested. kUnavailable with the reason, and nothing left at `to`, where it does not come to
/// its end. Blocks on the disk.
Status CopyFolder(const std::filesystem::path& from, const std::filesystem::path& to,
                  const std::stop_token& stop);

/// The same, but moved where both are on one file system; then `from` is gone.
Status MoveOrCopyFolder(const std::filesystem::path& from, const std::filesystem::path& to,
                        const std::stop_token& stop);

}  // namespace parley::storage::rocks
