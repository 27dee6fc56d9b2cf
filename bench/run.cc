#include "bench/run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <thread>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/peer.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

constexpr std::chrono::milliseconds kLookEvery{5};
constexpr std::int64_t kProgressNs = kNsPerSecond;
constexpr std::int64_t kConnectDeadlineNs = 120 * kNsPerSecond;

/// One thread of the generator.
class Worker {
 public:
  Worker(const RunState& state, const Options& options, const Plan& plan,
         const std::vector<Target>& targets, std::size_t number)
      : context_(state, targets, options.payload_bytes, options.seed * 1000 + number),
        driver_(MakeDriver(context_, options, plan, number)) {}

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  const Stats& stats() const { return context_.stats; }
  /// After Join().
  std::size_t Unanswered() const { return driver_->Unanswered(); }
  std::size_t Away() const { return driver_->Away(); }

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

/// Leads the workers through the phases, looks at the processes, and tells how far it is.
class Coordinator {
 public:
  Coordinator(const Options& options, const Plan& plan, const std::vector<Target>& targets,
              const std::vector<int>& server_pids, const std::atomic<bool>& stop)
      : options_(options), plan_(plan), server_pids_(server_pids), stop_(stop) {
    for (std::size_t i = 0; i < options.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(state_, options, plan, targets, i));
    }
  }
  ~Coordinator() { Finish(); }
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  Result<Outcome> Run() {
    Outcome outcome;
    outcome.before = Look();
    for (auto& worker : workers_) worker->Start();
    PARLEY_TRY(Connect());
    if (options_.phases) AwaitLeader();
    outcome.connected = Look();
    Enter(Phase::kWarmup);
    Wait(options_.warmup_s, "warming up", [] { return false; });

    const std::int64_t from = NowNs();
    state_.measure_until = from + std::llround(options_.duration_s * kNsPerSecond);
    state_.measure_from = from;
    outcome.from = Look();
    Enter(Phase::kMeasuring);
    Wait(options_.duration_s, "measuring", [this] { return StormIsOver(); });
    outcome.to = Look();
    Enter(Phase::kDraining);
    outcome.interrupted = stop_;
    Wait(options_.drain_s, "waiting for what is under way", [this] {
      const Counts counts = Count();
      return counts[Counter::kAcked] == counts[Counter::kSent] &&
             counts.Received() == counts[Counter::kExpected];
    });
    Finish();
    Gather(outcome);
    return outcome;
  }

 private:
  void Enter(Phase phase) {
    const Phase before = state_.phase.exchange(phase);
    if (options_.phases && before != phase) {
      std::fputs(fmt::format("phase {}\n", PhaseName(phase)).c_str(), stderr);
    }
  }

  /// All are connected and nothing is under way: whoever leads the run looks at what it wants to
  /// compare with, and says by a line (or the end of input) to go on.
  static void AwaitLeader() {
    std::fputs("phase connected\n", stderr);
    for (int c = std::getchar(); c != '\n' && c != EOF;) c = std::getchar();
  }

  /// Somebody has killed the server, and all of its people are level again.
  bool StormIsOver() const {
    if (options_.workload != WorkloadKind::kStorm) return false;
    const Counts counts = Count();
    return counts[Counter::kConnectionsLost] > 0 &&
           counts[Counter::kReturned] == counts[Counter::kConnectionsLost];
  }

  void Finish() {
    Enter(Phase::kDone);
    for (auto& worker : workers_) worker->Join();
    if (progress_shown_) std::fputs("\r\033[K", stderr);
    progress_shown_ = false;
  }

  Counts Count() const {
    Counts counts;
    for (const auto& worker : workers_) worker->stats().AddTo(counts);
    return counts;
  }

  Snapshot Look() const {
    Snapshot now;
    now.counts = Count();
    for (const int pid : server_pids_) {
      const Result<ProcessSample> sample = SampleProcess(pid);
      if (!sample.ok()) {  // killed, as it is to be in a storm
        now.server.reset();
        break;
      }
      now.server = now.server ? Sum(*now.server, *sample) : *sample;
    }
    now.machine = SampleMachine();
    now.own_cpu_s = OwnCpuS();
    now.at_ns = NowNs();
    return now;
  }

  Status Connect() {
    const std::uint64_t all = plan_.people.size();
    const std::int64_t deadline = NowNs() + kConnectDeadlineNs;
    while (true) {
      const Counts counts = Count();
      if (counts[Counter::kConnected] == all) return Status::Ok();
      Progress("connecting", counts);
      if (counts[Counter::kConnectionsLost] > 0 || NowNs() > deadline || stop_) {
        Finish();
        std::string why = stop_ ? "interrupted" : "the server did not answer in time";
        for (const auto& worker : workers_) {
          if (!worker->stats().first_error.empty()) why = worker->stats().first_error;
        }
        return Unavailable(fmt::format("{} of {} people are connected: {}",
                                       counts[Counter::kConnected], all, why));
      }
      std::this_thread::sleep_for(kLookEvery);
    }
  }

  /// Until `done`, for at most `seconds`; a drain is not cut short by the interrupt that led to it.
  template <class Done>
  void Wait(double seconds, const char* what, const Done& done) {
    const std::int64_t until = NowNs() + std::llround(seconds * kNsPerSecond);
    const bool stopped_before = stop_;
    while (NowNs() < until && !done() && (!stop_ || stopped_before)) {
      Progress(what, Count());
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(
          kLookEvery, std::chrono::nanoseconds(until - NowNs())));
    }
  }

  void Progress(const char* what, const Counts& counts) {
    const std::int64_t now = NowNs();
    if (options_.quiet || now < next_progress_ns_) return;
    next_progress_ns_ = now + kProgressNs;
    progress_shown_ = true;
    std::fputs(fmt::format("\r\033[K{}: {} connected, {} sent, {} acked, {} deliveries, {} errors",
                           what, counts[Counter::kConnected], counts[Counter::kSent],
                           counts[Counter::kAcked], counts[Counter::kDelivered],
                           counts[Counter::kRefused] + counts[Counter::kConnectionsLost])
                   .c_str(),
               stderr);
    std::fflush(stderr);
  }

  void Gather(Outcome& outcome) const {
    const double measured_s = static_cast<double>(outcome.to.at_ns - outcome.from.at_ns);
    outcome.total = Count();
    outcome.losses_wanted = options_.workload == WorkloadKind::kStorm;
    outcome.first_lost_ns = std::numeric_limits<std::int64_t>::max();
    for (const auto& worker : workers_) {
      const Stats& stats = worker->stats();
      outcome.ack.Merge(stats.ack);
      outcome.delivery.Merge(stats.delivery);
      outcome.lag.Merge(stats.lag);
      outcome.level.Merge(stats.level);
      outcome.first_lost_ns = std::min(outcome.first_lost_ns, stats.first_lost_ns);
      outcome.last_level_ns = std::max(outcome.last_level_ns, stats.last_level_ns);
      outcome.unanswered += worker->Unanswered();
      outcome.away += worker->Away();
      outcome.busiest_worker =
          std::max(outcome.busiest_worker, static_cast<double>(stats.cpu_ns) / measured_s);
      if (outcome.first_error.empty()) outcome.first_error = stats.first_error;
    }
  }

  const Options& options_;
  const Plan& plan_;
  const std::vector<int>& server_pids_;
  const std::atomic<bool>& stop_;
  RunState state_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::int64_t next_progress_ns_ = 0;
  bool progress_shown_ = false;
};

}  // namespace

std::uint64_t Outcome::Missing() const {
  const std::uint64_t expected = total[Counter::kExpected];
  return expected - std::min(expected, total.Received());
}

bool Outcome::Clean() const {
  return Missing() == 0 && unanswered == 0 && total[Counter::kRefused] == 0 &&
         total[Counter::kHoles] == 0 && total[Counter::kRepeated] == 0 &&
         (losses_wanted ? away == 0
                        : total[Counter::kConnectionsLost] + total[Counter::kConnectsFailed] == 0);
}

Result<Outcome> RunWorkload(const Options& options, const Plan& plan,
                            const std::vector<Target>& targets, const std::vector<int>& server_pids,
                            const std::atomic<bool>& stop) {
  return Coordinator(options, plan, targets, server_pids, stop).Run();
}

}  // namespace parley::bench
