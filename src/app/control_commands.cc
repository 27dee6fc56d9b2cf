#include "app/control_commands.h"

#include <string_view>

namespace parley::app {
namespace {

constexpr std::string_view kGrant = "grant ";
constexpr std::string_view kBackup = "backup ";

}  // namespace

std::string GrantCommand(const std::string& username) { return std::string(kGrant) + username; }

std::string BackupCommand(const std::string& folder) { return std::string(kBackup) + folder; }

runtime::Task<Status> RunControlCommand(ControlTargets to, std::string line) {
  if (line.starts_with(kGrant)) {
    co_return (co_await to.administration->Grant(line.substr(kGrant.size()))).status();
  }
  if (line.starts_with(kBackup)) {
    co_return co_await to.backups->Run(line.substr(kBackup.size()));
  }
  co_return InvalidArgument("unknown command: grant NAME and backup FOLDER are known");
}

}  // namespace parley::app
