#pragma once

#include <vector>

#include "base/result.h"
#include "bench/peer.h"
#include "bench/plan.h"
#include "bench/socket.h"

namespace parley::bench {

/// Connects as a person who holds `held`, resumes, waits until it is level, and leaves.
/// kUnavailable: that did not happen within half a minute.
Status ConnectAndResume(const std::vector<Target>& targets, const Person& person,
                        const std::vector<Held>& held);

}  // namespace parley::bench
