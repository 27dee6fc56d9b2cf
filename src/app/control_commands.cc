#include "app/control_commands.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

namespace parley::app {
namespace {

constexpr std::string_view kGrant = "grant ";
constexpr std::string_view kBackup = "backup ";

/// A folder as a server may be started on it.
Status BackUp(storage::Store& store, const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::create_directories(folder, error) && !error &&
      !std::filesystem::is_empty(folder, error)) {
    return InvalidArgument(
        fmt::format("{}: is not empty: a backup goes into a new folder", folder.string()));
  }
  if (error) {
    return InvalidArgument(fmt::format("{}: the server cannot make this folder: {}",
                                       folder.string(), error.message()));
  }
  return store.BackUp((folder / "store").string());
}

}  // namespace

std::string GrantCommand(const std::string& username) { return std::string(kGrant) + username; }

std::string BackupCommand(const std::string& folder) { return std::string(kBackup) + folder; }

runtime::Task<Status> RunControlCommand(ControlTargets to, std::string line) {
  if (line.starts_with(kGrant)) {
    co_return (co_await to.administration->Grant(line.substr(kGrant.size()))).status();
  }
  if (line.starts_with(kBackup)) {
    co_return co_await to.pool->Run([store = to.store, folder = line.substr(kBackup.size())] {
      return BackUp(*store, folder);
    });
  }
  co_return InvalidArgument("unknown command: grant NAME and backup FOLDER are known");
}

}  // namespace parley::app
