#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"
#include "model/ids.h"
#include "model/limits.h"
#include "wire/requests.h"

namespace parley::wire {

inline constexpr std::size_t kMaxRefBytes = 128;
inline constexpr std::size_t kMaxHeads = 1'000;          ///< of one `resume` frame
inline constexpr std::size_t kMaxPresenceWatched = 500;  ///< of one `watch_presence` frame

struct AuthFrame {
  std::string token;
};
struct ResumeFrame {
  std::optional<std::string> cursor;
  std::vector<std::pair<ConversationId, Seq>> heads;  ///< each conversation once; 0 is before all
  bool more = false;                                  ///< another one follows
};
struct SendFrame {
  ConversationId conversation;
  SendRequest request;
};
struct ReadFrame {
  ConversationId conversation;
  Seq seq;
};
struct DeliveredFrame {
  ConversationId conversation;
  Seq seq;
};
struct TypingFrame {
  ConversationId conversation;
  bool active = false;
};
struct WatchPresenceFrame {
  std::vector<UserId> user_ids;  ///< each once
};
struct PingFrame {};
/// A command of the interface that this server does not offer; its fields are not looked at.
struct UnsupportedFrame {
  std::string type;
};

using ClientFrameBody = std::variant<AuthFrame, ResumeFrame, SendFrame, ReadFrame, DeliveredFrame,
                                     TypingFrame, WatchPresenceFrame, PingFrame, UnsupportedFrame>;

/// What a client sent over the WebSocket. `ref` is the client's own, for the answer; a `send`
/// always has one.
struct ClientFrame {
  std::optional<std::string> ref;
  ClientFrameBody body;
};

/// A frame that is answered by `error`; the session goes on. (But before authentication, whatever
/// is not of type `auth` ends it.)
struct FrameError {
  std::optional<std::string> ref;
  std::string type;  ///< as sent
  Status status;     ///< kInvalidArgument
};

/// A frame after which the session is closed with 4002: not JSON, not an object, no `type`.
struct ProtocolError {
  Status status;  ///< kMalformed
};

using ParsedFrame = std::variant<ClientFrame, FrameError, ProtocolError>;

/// Reads one text frame. Fields are checked as strictly as in HTTP requests (requests.h).
ParsedFrame ParseClientFrame(std::string_view text, const Limits& limits);

}  // namespace parley::wire
