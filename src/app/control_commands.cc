#include "app/control_commands.h"

#include <string_view>

namespace parley::app {
namespace {

constexpr std::string_view kGrant = "grant ";

}  // namespace

std::string GrantCommand(const std::string& username) { return std::string(kGrant) + username; }

runtime::Task<Status> RunControlCommand(auth::AccountService* accounts, std::string line) {
  if (!line.starts_with(kGrant)) co_return InvalidArgument("unknown command: grant NAME is one");
  co_return (co_await accounts->GrantAdmin(line.substr(kGrant.size()))).status();
}

}  // namespace parley::app
