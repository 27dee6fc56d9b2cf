#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/ordered_uuids.h"
#include "model/administration.h"

namespace parley::auth {

/// The line that the audit log gets for what `admin` does now (nobody: the command line).
AuditEntry MakeAuditEntry(Clock& clock, OrderedUuids& ids, std::optional<UserId> admin,
                          AuditAction action, std::optional<UserId> target = std::nullopt,
                          std::vector<AuditDetail> detail = {});

}  // namespace parley::auth
