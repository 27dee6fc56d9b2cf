#pragma once

#include <memory>
#include <optional>

#include "auth/accounts.h"
#include "limits/client_address.h"
#include "model/ids.h"
#include "net/websocket.h"
#include "runtime/shard.h"

namespace parley::gateway {

/// When live changes begin (api.md, sync rule 2).
enum class Start {
  kLive,    ///< right after `ready`
  kResume,  ///< after the answer to `resume`
};

/// The session behind a WebSocket, as its connection knows it.
class SessionHandler : public net::WebSocketHandler {
 public:
  /// Whose it is; nobody (the default) before it is authenticated.
  virtual UserId user() const = 0;
};

/// Makes the session behind a WebSocket.
class SessionFactory {
 public:
  virtual ~SessionFactory() = default;

  /// Called on `shard`, on which the connection lives. Without a caller the first frame must
  /// authenticate. `client` is where the connection comes from.
  virtual std::unique_ptr<SessionHandler> Make(runtime::Shard& shard,
                                               std::optional<auth::Caller> caller, Start start,
                                               limits::ClientAddress client) = 0;
};

}  // namespace parley::gateway
