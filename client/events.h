#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "base/status.h"
#include "client/types.h"

namespace parley::client {

// What a Connection tells its owner, in the order in which it happened.

/// The sync after a connect is complete: all that was missed has been told, from here on it is
/// live.
struct Connected {
  UserId user_id;
};

/// The connection was lost or could not be made; the next attempt is due in `retry_in`.
struct Disconnected {
  std::string reason;
  std::chrono::milliseconds retry_in{0};
};

/// The connection has ended for good: the session is no longer valid.
struct SignedOut {
  Status status;
};

/// The next change of a conversation: of each conversation every seq after its start exactly once,
/// in order.
struct Changed {
  Change change;
};

/// A conversation object from whose `last_seq` on changes follow. What lies before it is not told
/// but found in the pages.
struct Loaded {
  enum class Why {
    kListed,  ///< was there when the connection was first made
    kNew,     ///< appeared since
    kReset,   ///< too much was missed: changes up to `last_seq` are skipped
  };
  Conversation conversation;
  Why why = Why::kNew;
};

/// A newer object of a conversation that is held: counts, preferences, role. No change is skipped.
struct Updated {
  Conversation conversation;
};

/// The person is not in the conversation any more.
struct Left {
  ConversationId conversation_id;
};

/// A message of the outbox is stored. The same message also comes as a change, before or after.
struct Sent {
  ClientId client_id;
  ConversationId conversation_id;
  Seq seq;
};

/// A message of the outbox was refused for good and has left it.
struct SendFailed {
  ClientId client_id;
  Status status;
};

/// A passing thing: "receipt", "typing", "presence", "user"; the frame as it came.
struct Noticed {
  std::string type;
  std::string json;
};

using Event = std::variant<Connected, Disconnected, SignedOut, Changed, Loaded, Updated, Left, Sent,
                           SendFailed, Noticed>;

}  // namespace parley::client
