#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "gateway/session_factory.h"
#include "net/websocket.h"

namespace parley::http {

/// What the log says of every line of one WebSocket.
struct WebSocketOrigin {
  std::string request_id;  ///< of the handshake: the X-Request-Id that the client was given
  std::string network;     ///< ClientNetwork
};

/// A handler that passes everything on to `inner`, and logs that the connection was opened and how
/// it ended: whose it was, reason, close code if the server chose one, frames both ways, time.
/// Whose it is, is not known when it is opened where a frame brings the token. `log` outlives it.
std::unique_ptr<net::WebSocketHandler> LogWebSocket(std::unique_ptr<gateway::SessionHandler> inner,
                                                    Logger& log, WebSocketOrigin origin);

}  // namespace parley::http
