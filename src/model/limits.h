#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace parley {

/// The limits of what people may do; all configurable (section [limits] of the configuration).
struct Limits {
  std::size_t text_bytes = 20'000;
  std::size_t title_chars = 200;         ///< Unicode code points
  std::size_t display_name_chars = 100;  ///< Unicode code points
  std::size_t group_members = 1'000;
  std::size_t conversations_per_person = 5'000;
  std::size_t media_per_message = 10;
  std::size_t sessions_per_person = 100;              ///< beyond, the least recently used one ends
  std::size_t invitations_per_person = 100;           ///< that may still be used
  std::size_t body_bytes = std::size_t{256} * 1024;   ///< of an HTTP request
  std::size_t frame_bytes = std::size_t{256} * 1024;  ///< of a WebSocket frame, both ways

  // Fixed by the interface, not configurable.
  static constexpr std::size_t kUsernameMinChars = 3;
  static constexpr std::size_t kUsernameMaxChars = 32;
  static constexpr std::size_t kPasswordMinBytes = 8;
  static constexpr std::size_t kPasswordMaxBytes = 1'024;
  static constexpr std::size_t kPageMax = 100;
  static constexpr std::size_t kPageDefault = 50;
  static constexpr std::size_t kSyncMaxChanges = 500;  ///< further behind is `reset`

  bool operator==(const Limits&) const = default;
};

/// How long the row (conversation, sender, client_id) lives.
inline constexpr std::chrono::hours kIdempotencyWindow{24 * 30};
/// How long a session lives after its last use.
inline constexpr std::chrono::hours kSessionLifetime{24 * 90};

}  // namespace parley
