#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/url.h"
#include "runtime/shard.h"

namespace parley::client {

/// Why a WebSocket ended, or was never opened.
struct WebSocketEnd {
  int close_code = 0;   ///< of the server's close frame; 0: none came
  int http_status = 0;  ///< of an answer that refused the upgrade; 0: none came
  std::string detail;
};

/// One connection to the server's WebSocket, from the attempt to its end. Belongs to its shard, as
/// do the calls of its handlers.
class WebSocket {
 public:
  struct Handlers {
    std::function<void()> on_open;
    /// A text frame; the view is valid during the call.
    std::function<void(std::string_view)> on_text;
    /// Anything at all came, pings too.
    std::function<void()> on_heard;
    /// Once, at the end, unless Close() was called before.
    std::function<void(WebSocketEnd)> on_end;
  };

  virtual ~WebSocket() = default;
  /// Queues a text frame; dropped if the connection has ended. Only after on_open.
  virtual void Send(std::string text) = 0;
  /// Calls `done` once all that was sent so far has been written, or the connection has ended; one
  /// at a time.
  virtual void WhenWritten(std::function<void()> done) = 0;
  /// Ends the connection; no handler is called any more. Idempotent.
  virtual void Close() = 0;
};

/// Starts to connect to `server` (path /v1/ws?resume=1, subprotocol parley.v1) with `token`.
/// Connecting and the handshakes get 10 s together. TLS checks the certificate against the system's
/// authorities and the host's name.
std::shared_ptr<WebSocket> OpenWebSocket(runtime::Shard& shard, const ServerUrl& server,
                                         const std::string& token, WebSocket::Handlers handlers);

}  // namespace parley::client
