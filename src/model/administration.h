#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/user.h"

namespace parley {

/// Who may make an account. Stored by its name.
enum class RegistrationMode : std::uint8_t { kOpen, kInvitation, kClosed };

/// "open", "invitation", "closed".
std::string_view RegistrationModeName(RegistrationMode mode);
std::optional<RegistrationMode> ParseRegistrationMode(std::string_view name);

/// A link with which people make accounts.
struct Invitation {
  InvitationId id;
  TokenHash token_hash{};
  UserId created_by;
  TimePoint created_at;
  TimePoint expires_at;
  std::uint32_t max_uses = 1;
  std::uint32_t used = 0;  ///< accounts made with it

  /// Whether an account may be made with it.
  bool IsGood(TimePoint now) const { return now < expires_at && used < max_uses; }

  bool operator==(const Invitation&) const = default;
};

/// A link with which one person sets a new password, once.
struct PasswordReset {
  TokenHash token_hash{};
  UserId user;
  TimePoint expires_at;

  bool operator==(const PasswordReset&) const = default;
};

/// What administrators do. Stored: append only.
enum class AuditAction : std::uint8_t {
  kAdminClaim = 0,           ///< by the one-time link of the first start
  kAdminGrant = 1,           ///< from the command line
  kPersonPromote = 2,        ///< made an administrator
  kPersonDemote = 3,         ///< is none any more
  kPersonDisable = 4,        ///< the account
  kPersonEnable = 5,         ///< the account
  kPersonSignOut = 6,        ///< everywhere
  kPersonPasswordReset = 7,  ///< a link was made
  kSettingsRegistration = 8,
  kInvitationRevoke = 9,  ///< somebody else's
};
inline constexpr std::uint8_t kLastAuditAction = 9;

/// "person.disable": as it is told.
std::string_view AuditActionName(AuditAction action);

/// One more fact of an action, told to administrators as it is: never a password or token.
struct AuditDetail {
  std::string name;
  std::string value;

  bool operator==(const AuditDetail&) const = default;
};

/// One line of the audit log.
struct AuditEntry {
  AuditId id;  ///< UUIDv7 of `at`: the log is in the order of the ids
  TimePoint at;
  std::optional<UserId> admin;  ///< who did it; nobody: the command line of the server
  AuditAction action = AuditAction::kAdminClaim;
  std::optional<UserId> target;  ///< to whom
  std::vector<AuditDetail> detail;

  bool operator==(const AuditEntry&) const = default;
};

}  // namespace parley
