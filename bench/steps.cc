#include "bench/steps.h"

#include <algorithm>

#include "bench/clock.h"
#include "bench/cpu_clock.h"
#include "bench/process_stats.h"

namespace parley::bench {

double Step::CpuUsEach() const {
  constexpr double kMicro = 1e6;
  return latency.count() == 0 ? 0 : server_cpu_s * kMicro / static_cast<double>(latency.count());
}

Step& StepReport::Of(const std::string& name) {
  const auto found = std::ranges::find(steps_, name, &Step::name);
  return found != steps_.end() ? *found : steps_.emplace_back(Step{.name = name});
}

Status StepReport::Time(Step& step, pid_t pid, const std::function<Status()>& work) {
  return Watch(step, pid, [&] {
    const std::int64_t from = NowNs();
    const Status done = work();
    step.latency.Record(static_cast<std::uint64_t>(NowNs() - from));
    return done;
  });
}

Status StepReport::Watch(Step& step, pid_t pid, const std::function<Status()>& work) {
  const MachineSample machine = SampleMachine();
  const double own_s = OwnCpuS();
  const double server_s = ProcessCpuS(pid).value_or(0);
  const std::int64_t from = NowNs();
  const Status done = work();
  step.seconds += static_cast<double>(NowNs() - from) / static_cast<double>(kNsPerSecond);
  const double server_used = std::max(ProcessCpuS(pid).value_or(0) - server_s, 0.0);
  const double own_used = OwnCpuS() - own_s;
  const MachineSample now = SampleMachine();
  step.server_cpu_s += server_used;
  machine_s_ += now.total_s - machine.total_s;
  others_s_ += now.busy_s - machine.busy_s - server_used - own_used;
  return done;
}

double StepReport::OthersShare() const {
  return machine_s_ > 0 ? std::max(others_s_ / machine_s_, 0.0) : 0;
}

}  // namespace parley::bench
