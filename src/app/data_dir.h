#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace parley::app {

/// The folder that holds everything the installation keeps, open and checked.
struct DataDir {
  std::string path;
  std::vector<std::string> warnings;  ///< for the log: others may read it
};

/// Makes the folder (mode 0700, with its parents) unless it is there. kPermissionDenied or
/// kInvalidArgument, with what to do, if it cannot be used.
Result<DataDir> OpenDataDir(const std::string& path);

/// The `bytes` secret bytes kept in the file `name` of the folder; made and fsynced the first time,
/// with mode 0600. Whoever calls at the same time gets the same. kPermissionDenied if others may
/// read the file, kDataLoss if it has another size.
Result<std::string> ReadOrCreateSecret(const DataDir& dir, std::string_view name, std::size_t bytes,
                                       Random& random);

}  // namespace parley::app
