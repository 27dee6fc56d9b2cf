#pragma once

#include <filesystem>
#include <stop_token>

#include "base/status.h"

namespace parley::storage::rocks {

/// Brings the folder `from`, which holds files and no folders, to `to`, which must not exist (its
/// parent must): moved where both are on one file system, else copied, and synced. Given up soon
/// after `stop` is requested. kUnavailable with the reason, and nothing left at `to`, where it does
/// not come to its end; `from` may be gone or not.
Status MoveOrCopyFolder(const std::filesystem::path& from, const std::filesystem::path& to,
                        const std::stop_token& stop);

}  // namespace parley::storage::rocks
