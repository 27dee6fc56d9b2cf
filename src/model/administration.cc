#include "model/administration.h"

namespace parley {

std::string_view RegistrationModeName(RegistrationMode mode) {
  switch (mode) {
    case RegistrationMode::kOpen:
      return "open";
    case RegistrationMode::kInvitation:
      return "invitation";
    case RegistrationMode::kClosed:
      return "closed";
  }
  return "closed";
}

std::optional<RegistrationMode> ParseRegistrationMode(std::string_view name) {
  for (const RegistrationMode mode :
       {RegistrationMode::kOpen, RegistrationMode::kInvitation, RegistrationMode::kClosed}) {
    if (RegistrationModeName(mode) == name) return mode;
  }
  return std::nullopt;
}

std::string_view AuditActionName(AuditAction action) {
  switch (action) {
    case AuditAction::kAdminClaim:
      return "admin.claim";
    case AuditAction::kAdminGrant:
      return "admin.grant";
    case AuditAction::kPersonPromote:
      return "person.promote";
    case AuditAction::kPersonDemote:
      return "person.demote";
    case AuditAction::kPersonDisable:
      return "person.disable";
    case AuditAction::kPersonEnable:
      return "person.enable";
    case AuditAction::kPersonSignOut:
      return "person.sign_out";
    case AuditAction::kPersonPasswordReset:
      return "person.password_reset";
    case AuditAction::kSettingsRegistration:
      return "settings.registration";
    case AuditAction::kInvitationRevoke:
      return "invitation.revoke";
  }
  return "unknown";
}

}  // namespace parley
