#pragma once

#include <string>

#include "app/backup_runner.h"
#include "auth/administration.h"
#include "base/result.h"
#include "runtime/task.h"

namespace parley::app {

/// What `parleyd admin grant` sends to a running server.
std::string GrantCommand(const std::string& username);

/// What `parleyd backup` sends.
std::string BackupCommand(const std::string& folder);

/// What the operator's commands work on; outlives them.
struct ControlTargets {
  auth::Administration* administration;
  BackupRunner* backups;
};

/// Does what the operator asks for through the control socket: "grant NAME", "backup FOLDER".
runtime::Task<Status> RunControlCommand(ControlTargets to, std::string line);

}  // namespace parley::app
