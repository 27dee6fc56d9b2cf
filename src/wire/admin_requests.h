#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/administration.h"
#include "model/limits.h"

namespace parley::wire {

// The bodies of requests about administration and invitations; as in requests.h.

struct InvitationBody {
  std::optional<std::uint64_t> max_uses;  ///< from 1
  std::optional<std::chrono::milliseconds> expires_in;
};
Result<InvitationBody> ParseInvitation(std::string_view json, const Limits& limits);

struct PasswordResetBody {
  std::string token;
  std::string password;
};
Result<PasswordResetBody> ParsePasswordReset(std::string_view json, const Limits& limits);

struct AdminSettingsBody {
  RegistrationMode registration = RegistrationMode::kOpen;
};
Result<AdminSettingsBody> ParseAdminSettings(std::string_view json, const Limits& limits);

/// Fields without a value stay; at least one has a value.
struct UpdatePersonBody {
  std::optional<bool> disabled;
  std::optional<bool> admin;
};
Result<UpdatePersonBody> ParseUpdatePerson(std::string_view json, const Limits& limits);

}  // namespace parley::wire
