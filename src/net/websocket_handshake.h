#pragma once

#include <optional>
#include <string_view>

#include "net/http.h"
#include "net/request_parser.h"

namespace parley::net {

/// Whether the request asks to become a WebSocket (RFC 9110, 7.8): a GET of HTTP/1.1 with `Upgrade:
/// websocket`, which Connection names.
bool AsksForWebSocket(const HttpRequest& request, bool http11);

/// Why such a request is not a well-formed handshake (RFC 6455, 4.2.1), if it is not.
std::optional<Refusal> CheckHandshake(const HttpRequest& request);

/// The one version of the protocol (RFC 6455, 4.1).
inline constexpr std::string_view kWebSocketVersion = "13";

}  // namespace parley::net
