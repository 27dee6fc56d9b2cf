// `parleyd backup`: asks the running server for a copy of its data.

#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fmt/core.h>

#include "app/commands.h"
#include "app/control_commands.h"
#include "app/control_socket.h"

namespace parley::app {
namespace {

/// Copying to another file system takes as long as the data is large.
constexpr std::chrono::hours kPatience{6};

}  // namespace

int RunBackup(const Config& config, const std::string& folder) {
  std::error_code error;
  // The server may have been started elsewhere.
  const std::string absolute = std::filesystem::absolute(folder, error).string();
  const Status status =
      SendControlCommand(config.data_dir + "/control.sock", BackupCommand(absolute), kPatience);
  if (!status.ok()) {
    fmt::print(stderr, "parleyd backup: {}\n", status.message());
    return 1;
  }
  fmt::print("the backup is in {}: to restore it, start a server on a copy of that folder\n",
             absolute);
  return 0;
}

}  // namespace parley::app
