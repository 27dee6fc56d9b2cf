#pragma once

#include <memory>
#include <optional>

#include "auth/accounts.h"
#include "limits/client_address.h"
#include "net/websocket.h"
#include "runtime/shard.h"

namespace parley::gateway {

/// When live changes begin (api.md, sync rule 2).
enum class Start {
  kLive,    ///< right after `ready`
  kResume,  ///< after the answer to `resume`
};

/// Makes the session behind a WebSocket.
class SessionFactory {
 public:
  virtual ~SessionFactory() = default;

  /// Called on `shard`, on which the connection lives. Without a caller the first frame must
  /// authenticate. `client` is where the connection comes from.
  virtual std::unique_ptr<net::WebSocketHandler> Make(runtime::Shard& shard,
                                                      std::optional<auth::Caller> caller,
                                                      Start start,
                                                      limits::ClientAddress client) = 0;
};

}  // namespace parley::gateway
