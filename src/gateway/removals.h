#pragma once

#include "bus/event.h"
#include "model/entry.h"
#include "model/ids.h"

namespace parley::gateway {

/// Whether the entry ends the person's membership.
bool Removes(const Entry& entry, UserId user);

/// The same of a change as it came by the bus, found in its frame. Pure.
bool Removes(const bus::Event& change, UserId user);

}  // namespace parley::gateway
