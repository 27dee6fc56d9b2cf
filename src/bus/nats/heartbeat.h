#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "bus/fleet.h"

namespace parley::bus {

/// What a node says of itself to all others. Fields are only ever added behind.
struct Heartbeat {
  enum class Kind : std::uint8_t {  // sent: append only
    kAlive = 0,
    kGoodbye = 1,
    kLost =
        2,  ///< alive, but its connection was lost: what was under way to or from it may be gone
  };

  Kind kind = Kind::kAlive;
  FleetView::Node node;
  TimePoint sent_at;  ///< by the clock of the node

  bool operator==(const Heartbeat&) const = default;
};

std::string EncodeHeartbeat(const Heartbeat& heartbeat);
/// kDataLoss where it is none.
Result<Heartbeat> DecodeHeartbeat(std::string_view bytes);

}  // namespace parley::bus
