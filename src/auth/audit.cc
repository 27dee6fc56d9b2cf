#include "auth/audit.h"

#include <utility>

namespace parley::auth {

AuditEntry MakeAuditEntry(Clock& clock, OrderedUuids& ids, std::optional<UserId> admin,
                          AuditAction action, std::optional<UserId> target,
                          std::vector<AuditDetail> detail) {
  const TimePoint now = clock.Now();
  return {.id = AuditId(ids.Next(now)),
          .at = now,
          .admin = admin,
          .action = action,
          .target = target,
          .detail = std::move(detail)};
}

}  // namespace parley::auth
