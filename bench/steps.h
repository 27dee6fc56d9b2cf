#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>
#include <sys/types.h>

#include "base/result.h"
#include "bench/histogram.h"

namespace parley::bench {

/// One thing that is measured by doing it again and again.
struct Step {
  std::string name;         ///< "first_page_cold": of the JSON too
  Histogram latency{};      ///< of each time
  double seconds = 0;       ///< that all of it took
  double server_cpu_s = 0;  ///< meanwhile
  /// What else there is to say, in order.
  std::vector<std::pair<std::string, double>> figures{};

  /// Of the server, for each time, in µs.
  double CpuUsEach() const;
};

/// What a run of steps has found, and the clocks that it is measured by: those of the server's
/// process, of this one and of the machine.
class StepReport {
 public:
  /// The step of that name; a new one at first. Stays where it is.
  Step& Of(const std::string& name);

  /// Does `work` once: how long that took and what it cost the process `pid` is added to `step`.
  Status Time(Step& step, pid_t pid, const std::function<Status()>& work);
  /// The same for work that is many times in one and records the latency of each itself.
  Status Watch(Step& step, pid_t pid, const std::function<Status()>& work);

  const std::deque<Step>& steps() const { return steps_; }
  /// Of the machine, that other programs took while something was measured.
  double OthersShare() const;

 private:
  std::deque<Step> steps_;
  double machine_s_ = 0;
  double others_s_ = 0;
};

}  // namespace parley::bench
