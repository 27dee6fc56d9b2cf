#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "model/ids.h"
#include "net/websocket.h"

namespace parley::http {

/// What the log says of every line of one WebSocket.
struct WebSocketOrigin {
  std::string request_id;      ///< of the handshake: the X-Request-Id that the client was given
  std::optional<UserId> user;  ///< whose token the handshake bore; nobody where a frame brings it
  std::string network;         ///< ClientNetwork
};

/// A handler that passes everything on to `inner`, and logs that the connection was opened and how
/// it ended: reason, close code if the server chose one, frames both ways, time. `log` outlives it.
std::unique_ptr<net::WebSocketHandler> LogWebSocket(std::unique_ptr<net::WebSocketHandler> inner,
                                                    Logger& log, WebSocketOrigin origin);

}  // namespace parley::http
