#pragma once

#include <atomic>

#include "base/result.h"
#include "bench/options.h"
#include "bench/servers.h"
#include "bench/steps.h"

namespace parley::bench {

/// A store that is filled up to `options.stored` messages: how fast; then pages of it, sends of
/// others beside it, restarts behind a burst of messages, and what it takes on the disk. What a
/// data folder has from an earlier run is kept and counts.
Result<StepReport> RunHistory(const Options& options, const Servers& servers,
                              const std::atomic<bool>& stop);

}  // namespace parley::bench
