#pragma once

#include <optional>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "client/events.h"
#include "client/types.h"

namespace parley::client {

// What a Noticed event says, typed. All of these are momentary: the server may merge or drop them.

/// How far somebody else has received and read.
struct Receipt {
  ConversationId conversation_id;
  UserId user_id;
  Seq delivered_seq;
  Seq read_seq;
};

/// Holds until they stop, a message of theirs comes, or kTypingLasts has passed.
struct Typing {
  ConversationId conversation_id;
  UserId user_id;
  bool active = false;
};
inline constexpr std::chrono::seconds kTypingLasts{6};
/// How often one's own is said again while it goes on.
inline constexpr std::chrono::seconds kTypingRepeats{4};

struct Presence {
  UserId user_id;
  bool online = false;
  std::optional<TimePoint> last_active_at;
};

/// The profile of somebody visible is now this.
struct ProfileChanged {
  User user;
};

using Notice = std::variant<Receipt, Typing, Presence, ProfileChanged>;

/// kMalformed for a type that this version does not know, or where an id is missing.
Result<Notice> ParseNotice(const Noticed& noticed);

}  // namespace parley::client
