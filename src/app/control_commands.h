#pragma once

#include <string>

#include "auth/administration.h"
#include "base/result.h"
#include "runtime/blocking_pool.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::app {

/// What `parleyd admin grant` sends to a running server.
std::string GrantCommand(const std::string& username);

/// What `parleyd backup` sends.
std::string BackupCommand(const std::string& folder);

/// What the operator's commands work on; outlives them.
struct ControlTargets {
  auth::Administration* administration;
  storage::Store* store;
  runtime::BlockingPool* pool;
};

/// Does what the operator asks for through the control socket: "grant NAME", "backup FOLDER".
runtime::Task<Status> RunControlCommand(ControlTargets to, std::string line);

}  // namespace parley::app
