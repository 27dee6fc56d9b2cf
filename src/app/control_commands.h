#pragma once

#include <string>

#include "auth/accounts.h"
#include "base/result.h"
#include "runtime/task.h"

namespace parley::app {

/// What `parleyd admin grant` sends to a running server.
std::string GrantCommand(const std::string& username);

/// Does what the operator asks for through the control socket: "grant NAME".
runtime::Task<Status> RunControlCommand(auth::AccountService* accounts, std::string line);

}  // namespace parley::app
