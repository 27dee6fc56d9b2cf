#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "net/socket.h"

namespace parley::net {

/// What a read of a WebSocketStream came to.
struct WebSocketRead {
  enum class Kind : std::uint8_t {
    kPart,       ///< bytes of a message that goes on
    kMessage,    ///< the last bytes of a message
    kClosed,     ///< the peer's close frame came, and ours is queued
    kViolation,  ///< the peer broke the protocol; our close frame is queued
    kBroken,     ///< the connection ended without a close frame
  };
  Kind kind = Kind::kBroken;
  std::size_t bytes = 0;
  bool text = false;  ///< else binary
};

/// What the answer to a handshake bears.
struct HandshakeAnswer {
  std::string subprotocol;
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
};

/// The connection around a WebSocketStream, called on the shard. OnProtocolBytes and OnInputAwaited
/// may come from within a method of the stream, the others do not.
class WebSocketHost {
 public:
  virtual ~WebSocketHost() = default;

  virtual Socket& socket() = 0;
  /// Bytes that the protocol wants sent: the handshake, or one whole control frame. Takes them all.
  virtual void OnProtocolBytes(std::string bytes) = 0;
  /// All that had come is read; the stream waits for the socket.
  virtual void OnInputAwaited() = 0;
  virtual void OnAccepted(bool ok) = 0;
  virtual void OnRead(WebSocketRead read) = 0;
  /// A ping or pong came.
  virtual void OnControlFrame() = 0;
  /// So many frames that end no message came (see FrameMeter). They are about to be looked at:
  /// OnRead and OnControlFrame may follow.
  virtual void OnExtraFrames(std::size_t count) = 0;
};

/// The receiving half of RFC 6455 on a server: reads and unmasks frames, joins fragments, checks
/// UTF-8, sizes and rules, answers pings and closes. What it wants to send goes to its host, who
/// has one outbox for this and for data; data frames never pass through here.
///
/// One check is left to the host: a text whose last fragment is empty may end within a character.
///
/// Beast does the work, in websocket_stream.cc alone: that unit takes over 1 GB and half a minute
/// to compile.
class WebSocketStream {
 public:
  /// `host` owns the stream. `early` is what the peer sent behind its handshake.
  WebSocketStream(WebSocketHost& host, std::size_t max_message_bytes, std::string early);
  ~WebSocketStream();

  /// Answers a valid handshake whose Sec-WebSocket-Key was `key`; then OnAccepted.
  void Accept(const std::string& key, HandshakeAnswer answer, std::shared_ptr<WebSocketHost> keep);
  /// Reads some bytes of a message into `room` (not empty), which must stay until OnRead; one at a
  /// time. `keep` is the host, which lives until then.
  void Read(std::span<char> room, std::shared_ptr<WebSocketHost> keep);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::net
