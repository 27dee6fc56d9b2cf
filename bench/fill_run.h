#pragma once

#include <atomic>
#include <cstdint>

#include "base/result.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "bench/run.h"
#include "bench/servers.h"

namespace parley::bench {

/// Puts `messages` into the plan's conversations, alike, as fast as the server takes them from the
/// first member of each, with nobody else there. kUnavailable: not all got there.
Result<Outcome> Fill(const Options& options, const Plan& plan, std::uint64_t messages,
                     const Servers& servers, const std::atomic<bool>& stop);

}  // namespace parley::bench
