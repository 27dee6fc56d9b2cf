#include "bench/thread_crew.h"

#include <cmath>
#include <thread>
#include <utility>

#include "bench/clock.h"
#include "bench/peer.h"
#include "bench/process_stats.h"
#include "bench/workload.h"

namespace parley::bench {

/// One thread of the generator.
class ThreadCrew::Worker {
 public:
  Worker(const RunState& state, CounterBlock& counters, const Options& options, const Plan& plan,
         const std::vector<Target>& targets, std::size_t number)
      : context_(state, targets, options.payload_bytes, options.seed * 1000 + number),
        driver_(MakeDriver(context_, options, plan, number)) {
    context_.stats.CountIn(counters);
  }

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  /// After Join().
  Findings Found() const {
    const Stats& stats = context_.stats;
    return {.ack = stats.ack,
            .delivery = stats.delivery,
            .lag = stats.lag,
            .level = stats.level,
            .first_lost_ns = stats.first_lost_ns,
            .last_level_ns = stats.last_level_ns,
            .busiest_cpu_ns = stats.cpu_ns,
            .unanswered = driver_->Unanswered(),
            .away = driver_->Away(),
            .first_error = stats.first_error};
  }

 private:
  void Run() {
    Phase known = Phase::kConnecting;
    double cpu_from = 0;
    while (true) {
      const Phase phase = context_.state.phase.load(std::memory_order_relaxed);
      if (phase != known) {
        if (phase == Phase::kMeasuring) cpu_from = ThreadCpuS();
        if (known == Phase::kMeasuring) {
          context_.stats.cpu_ns = std::llround((ThreadCpuS() - cpu_from) * kNsPerSecond);
        }
        known = phase;
      }
      if (phase == Phase::kDone) return;
      context_.loop.RunOnce(driver_->Tick(NowNs()));
    }
  }

  WorkerContext context_;
  std::unique_ptr<Driver> driver_;
  std::thread thread_;
};

ThreadCrew::ThreadCrew(std::shared_ptr<SharedState> shared, const Options& options,
                       const Plan& plan, const std::vector<Target>& targets, std::size_t first)
    : shared_(std::move(shared)), first_(first) {
  for (std::size_t i = 0; i < options.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(shared_->state, shared_->counters.at(first + i),
                                                options, plan, targets, first + i));
  }
}

ThreadCrew::~ThreadCrew() = default;

void ThreadCrew::Start() {
  for (auto& worker : workers_) worker->Start();
}

void ThreadCrew::Join() {
  for (auto& worker : workers_) worker->Join();
}

Counts ThreadCrew::Count() const {
  Counts counts;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    AddTo(counts, shared_->counters.at(first_ + i));
  }
  return counts;
}

Findings ThreadCrew::Found() const {
  Findings found;
  for (const auto& worker : workers_) found.Merge(worker->Found());
  return found;
}

}  // namespace parley::bench
