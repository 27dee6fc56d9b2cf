#include "bench/fill_run.h"

#include "bench/workload.h"

namespace parley::bench {
namespace {

/// The store is full long before.
constexpr double kLongestFillS = 86'400;

}  // namespace

Result<Outcome> Fill(const Options& options, const Plan& plan, std::uint64_t messages,
                     const Servers& servers, const std::atomic<bool>& stop) {
  Options fill = options;
  fill.workload = WorkloadKind::kFill;
  fill.stored = messages;
  fill.rate = 0;
  fill.warmup_s = 0;
  fill.duration_s = kLongestFillS;
  fill.phases = false;
  const Plan senders = FillPlan(plan);
  PARLEY_ASSIGN(Outcome outcome, RunWorkload(fill, senders, servers, stop));
  if (outcome.total[Counter::kAcked] < messages || !outcome.Clean()) {
    return Unavailable("the store could not be filled: " + outcome.found.first_error);
  }
  return outcome;
}

}  // namespace parley::bench
