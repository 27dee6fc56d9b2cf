#pragma once

#include <atomic>

#include "base/result.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "bench/servers.h"
#include "bench/steps.h"

namespace parley::bench {

/// People with many conversations: their first page of these, all pages, and a resume with all
/// heads, each cold (the server has just been killed and started again) and warm. The plan is
/// MakePlan()'s, made at the server; each conversation gets a message first.
Result<StepReport> RunInbox(const Options& options, Plan plan, const Servers& servers,
                            const std::atomic<bool>& stop);

}  // namespace parley::bench
