#pragma once

#include <vector>

#include "bus/bus.h"
#include "model/ids.h"

namespace parley::http {

/// Tells every gateway that holds WebSockets of these sessions of `user` to close them (4001). On a
/// shard.
void PublishSessionsEnded(bus::Bus& bus, UserId user, std::vector<SessionId> sessions);

}  // namespace parley::http
