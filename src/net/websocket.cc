#include "net/websocket.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace parley::net {
namespace {

constexpr std::array kCodes{
    CloseCode::kNormal,          CloseCode::kGoingAway,      CloseCode::kProtocolError,
    CloseCode::kUnsupportedData, CloseCode::kInvalidPayload, CloseCode::kTooBig,
    CloseCode::kInternalError,   CloseCode::kServiceRestart, CloseCode::kTryAgainLater,
    CloseCode::kUnauthenticated, CloseCode::kBadProtocol,    CloseCode::kTooFast};
constexpr std::size_t kOther = kCodes.size();
constexpr std::size_t kNone = kOther + 1;
static_assert(kNone + 1 == kCloseCodeSlots);

}  // namespace

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
    case CloseReason::kFrameFlood:
      return "frame_flood";
    case CloseReason::kUnfinished:
      return "unfinished_message";
    case CloseReason::kOverload:
      return "overload";
  }
  return "unnamed";
}

std::size_t CloseCodeSlot(std::uint16_t code) {
  if (code == 0) return kNone;
  const auto* found = std::ranges::find(kCodes, static_cast<CloseCode>(code));
  return found == kCodes.end() ? kOther
                               : static_cast<std::size_t>(std::distance(kCodes.begin(), found));
}

std::string CloseCodeSlotName(std::size_t slot) {
  if (slot == kNone) return "none";
  if (slot >= kOther) return "other";
  return std::to_string(static_cast<unsigned>(kCodes[slot]));
}

}  // namespace parley::net
