#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "gateway/session_factory.h"
#include "http/api.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::http {

inline constexpr std::string_view kWebSocketPath = "/v1/ws";
inline constexpr std::string_view kWebSocketProtocol = "parley.v1";

/// Decides on a WebSocket handshake for kWebSocketPath, and makes its session. A token (header or
/// cookie) must be good if there is one; without, the session waits for an `auth` frame. kMalformed
/// unless the client offers our subprotocol; kPermissionDenied for a cookie from another origin.
runtime::Task<Result<std::unique_ptr<gateway::SessionHandler>>> AcceptSession(
    const Api* api, Request* request, runtime::Shard* shard);

}  // namespace parley::http
