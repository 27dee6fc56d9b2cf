#include "net/websocket.h"

namespace parley::net {

std::string_view CloseReasonName(CloseReason reason) {
  switch (reason) {
    case CloseReason::kByPeer:
      return "by_peer";
    case CloseReason::kByServer:
      return "by_server";
    case CloseReason::kSlowReader:
      return "slow_reader";
    case CloseReason::kHeartbeat:
      return "heartbeat";
    case CloseReason::kProtocol:
      return "protocol";
    case CloseReason::kShutdown:
      return "shutdown";
  }
  return "unnamed";
}

}  // namespace parley::net
