#pragma once

#include <memory>
#include <vector>

#include "bench/findings.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "bench/socket.h"
#include "bench/stats.h"

namespace parley::bench {

/// Those who do the work of a run: threads of this process, or of several. From the main thread.
class Crew {
 public:
  virtual ~Crew() = default;

  virtual void Start() = 0;
  /// Waits until all have ended, which they do in Phase::kDone. Idempotent.
  virtual void Join() = 0;
  /// What they are told.
  virtual RunState& state() = 0;
  /// At any time.
  virtual Counts Count() const = 0;
  /// CPU of other processes than this one, in seconds.
  virtual double CpuElsewhereS() const { return 0; }
  /// After Join().
  virtual Findings Found() const = 0;
};

/// As many threads and processes as `options` say; these and the rest must outlive it. No other
/// thread may run where there are to be several processes: they are forks of this one.
std::unique_ptr<Crew> MakeCrew(const Options& options, const Plan& plan,
                               const std::vector<Target>& targets);

}  // namespace parley::bench
