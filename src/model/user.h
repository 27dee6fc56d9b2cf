#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "model/ids.h"

namespace parley {

/// A person with an account.
struct User {
  UserId id;
  std::string username;  ///< lower case, unique, never changes
  std::string display_name;
  std::optional<std::string> email;
  std::optional<MediaId> avatar;
  bool admin = false;
  TimePoint created_at;
  std::optional<TimePoint> last_active_at;
  bool disabled = false;                            ///< cannot sign in, and is not found
  std::optional<UserId> invited_by = std::nullopt;  ///< whose invitation brought them

  bool operator==(const User&) const = default;
};

/// The SHA-256 of a session's token: what is stored of it.
using TokenHash = std::array<std::uint8_t, 32>;

/// One signed-in device.
struct Session {
  SessionId id;
  UserId user;
  TokenHash token_hash{};
  std::string device_name;
  TimePoint created_at;
  TimePoint last_used_at;

  bool operator==(const Session&) const = default;
};

}  // namespace parley
