#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/frame.h"

namespace parley::net {

/// Close codes of the interface (RFC 6455, 7.4, and Parley's own from 4000). Sent: append only.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kInvalidPayload = 1007,
  kTooBig = 1009,
  kInternalError = 1011,
  kServiceRestart = 1012,
  kTryAgainLater = 1013,  ///< too slow a reader: come back and resume
  kUnauthenticated = 4001,
  kBadProtocol = 4002,
  kTooFast = 4008,
};

/// Why a connection ended, for logs and metrics.
enum class CloseReason : std::uint8_t {
  kByPeer,      ///< the peer closed, or its connection broke
  kByServer,    ///< Close was called
  kSlowReader,  ///< the outbox overflowed
  kHeartbeat,   ///< pings went unanswered
  kProtocol,    ///< the peer broke RFC 6455: frame too big, binary, invalid UTF-8, …
  kShutdown,    ///< the server stopped
  kFrameFlood,  ///< too many pings, pongs or fragments
  kUnfinished,  ///< a message was begun and not ended in time
  kOverload,    ///< the messages being read took too much together
};
inline constexpr std::size_t kCloseReasons = 9;

std::string_view CloseReasonName(CloseReason reason);

/// Where the code of a close frame that was sent is counted: one place for each CloseCode, one for
/// all others (those that a peer chose and that are answered in kind), and one for ends without a
/// close frame.
inline constexpr std::size_t kCloseCodeSlots = 14;
/// `code` 0: no close frame.
std::size_t CloseCodeSlot(std::uint16_t code);
/// "1000", …, "other", "none".
std::string CloseCodeSlotName(std::size_t slot);

/// The sending side of one WebSocket connection. Belongs to the shard of the connection; valid from
/// OnOpen until OnClosed returns.
///
/// Nothing here suspends. Frames wait in an outbox that is bounded in bytes and frames
/// (ServerOptions::outbox_*); what gathers goes to the socket in one gathered write. When the bound
/// is passed the connection is closed with 1013 at once, and what waits is dropped.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Queues a frame. False if it was dropped because the connection is closing.
  virtual bool Send(wire::Frame frame) = 0;

  /// Queues a close frame behind what waits, and ends the connection at most 2 s later. Idempotent;
  /// the first code wins. Received frames are dropped from here on.
  virtual void Close(CloseCode code, std::string_view reason) = 0;

  /// Stops reading from the socket (back-pressure by TCP) until ResumeReading; no OnText comes
  /// meanwhile. Who is paused is not held to answer pings.
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;

  /// What waits to be written, without what the kernel has taken.
  virtual std::size_t queued_bytes() const = 0;
  /// The same, counted in frames.
  virtual std::size_t queued_frames() const = 0;
};

/// The receiving side: what a WebSocket connection tells its session. Called on the connection's
/// shard, never from within a call of WebSocket; must not throw. Destroyed after OnClosed, or
/// without any call if the connection ends before it is open.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;

  /// Once, first. `socket` stays valid until OnClosed returns.
  virtual void OnOpen(WebSocket& socket) = 0;
  /// More of a message came and it goes on; `bytes` of it so far. To close who sends more than they
  /// may.
  virtual void OnPart(std::size_t /*bytes*/) {}
  /// One text message, complete, valid UTF-8, at most ServerOptions::frame_bytes. The view ends
  /// with the call.
  virtual void OnText(std::string_view text) = 0;
  /// The outbox has become empty: the kernel has taken all that was queued.
  virtual void OnDrained() = 0;
  /// Once, last, however the connection ended; nothing can be sent any more.
  virtual void OnClosed(CloseReason reason) = 0;
};

}  // namespace parley::net
