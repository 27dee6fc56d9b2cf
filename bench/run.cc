#include "bench/run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/crew.h"

namespace parley::bench {
namespace {

constexpr std::chrono::milliseconds kLookEvery{5};
constexpr std::int64_t kProgressNs = kNsPerSecond;
constexpr std::int64_t kConnectDeadlineNs = 120 * kNsPerSecond;
/// Longest wait for each step of a comeback.
constexpr double kComebackS = 120;

/// Leads the workers through the phases, looks at the processes, and tells how far it is.
class Coordinator {
 public:
  Coordinator(const Options& options, const Plan& plan, const Servers& servers,
              const std::atomic<bool>& stop)
      : options_(options),
        plan_(plan),
        servers_(servers),
        server_pids_(servers.Pids()),
        stop_(stop),
        crew_(MakeCrew(options, plan, servers.targets())) {}
  ~Coordinator() { Finish(); }
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  Result<Outcome> Run() {
    Outcome outcome;
    outcome.before = Look();
    crew_->Start();
    PARLEY_TRY(Connect());
    if (options_.phases) {
      std::fputs("phase connected\n", stderr);
      AwaitLeader();
    }
    outcome.connected = Look();
    Enter(Phase::kWarmup);
    Wait(options_.warmup_s, "warming up", [] { return false; });

    if (ComesBackToTheSame(options_)) {
      PARLEY_TRY(LeadComeback(outcome));
    } else {
      MeasureFor(outcome);
    }
    Enter(Phase::kDraining);
    outcome.interrupted = outcome.interrupted || stop_;
    Wait(options_.drain_s, "waiting for what is under way", [this] {
      const Counts counts = Count();
      return counts[Counter::kAcked] == counts[Counter::kSent] &&
             counts.Received() == counts[Counter::kExpected];
    });
    if (options_.phases) AwaitLeader();
    Finish();
    Gather(outcome);
    return outcome;
  }

 private:
  void MeasureFor(Outcome& outcome) {
    const std::int64_t from = NowNs();
    state_.measure_until = from + std::llround(options_.duration_s * kNsPerSecond);
    state_.measure_from = from;
    outcome.from = Look();
    Enter(Phase::kMeasuring);
    Wait(options_.duration_s, "measuring",
         [this] { return StormIsOver() || IsFull() || IsEnough(); });
    outcome.to = Look();
  }

  /// All people of the one server are away, and come back at once. What is measured begins when
  /// they may and ends when the last is level.
  Status LeadComeback(Outcome& outcome) {
    ComebackOutcome& comeback = outcome.comeback.emplace();
    Enter(Phase::kMeasuring);
    PARLEY_TRY(SendAway(outcome));
    comeback.away = AwayNow();
    std::set<std::string_view> conversations;
    for (const Room& room : plan_.rooms) conversations.insert(room.id);
    comeback.conversations = conversations.size();
    if (options_.restart) {
      PARLEY_ASSIGN(const auto ready, servers_.spawned()->StartAgain());
      comeback.ready_s = std::chrono::duration<double>(ready).count();
      server_pids_ = servers_.Pids();
    }
    SpawnedServer* const spawned = servers_.spawned();
    const Metrics before = spawned != nullptr ? ReadMetrics(spawned->ops_url()) : Metrics();
    outcome.from = Look();
    state_.return_from = outcome.from.at_ns;
    state_.comeback = Comeback::kReturning;
    Wait(kComebackS, "coming back", [&] { return Count()[Counter::kReturned] == comeback.away; });
    outcome.to = Look();
    if (!before.empty()) comeback.reads = ReadsBetween(before, ReadMetrics(spawned->ops_url()));
    return Status::Ok();
  }

  /// Until nobody is connected who is to come back, and what they miss is sent. A server that is
  /// to restart has been killed then.
  Status SendAway(Outcome& outcome) {
    const std::uint64_t insiders = options_.people - options_.outsiders;
    bool all = true;
    const auto wait = [&](const char* what, const auto& done) {
      Wait(kComebackS, what, done);
      all = all && done();
    };
    if (!options_.restart || options_.missed > 0) {
      state_.comeback = Comeback::kAway;
      wait("leaving", [&] { return AwayNow() == insiders; });
    }
    if (options_.missed > 0) {
      state_.comeback = Comeback::kSending;
      wait("sending what is missed", [&] { return Count()[Counter::kAcked] == options_.missed; });
    }
    if (options_.restart) {
      servers_.spawned()->Kill();
      wait("losing the server", [&] { return AwayNow() == options_.people; });
    }
    outcome.interrupted = stop_;
    return all || stop_ ? Status::Ok() : Unavailable("not all people left in time");
  }

  std::uint64_t AwayNow() const {
    const Counts counts = Count();
    return counts[Counter::kReconnects] + counts[Counter::kConnectionsLost];
  }

  /// A fill ends when the store has what was wanted.
  bool IsFull() const {
    return options_.workload == WorkloadKind::kFill && Count()[Counter::kAcked] >= options_.stored;
  }

  bool IsEnough() const {
    return options_.messages > 0 && Count()[Counter::kAcked] >= options_.messages;
  }

  void Enter(Phase phase) {
    const Phase before = state_.phase.exchange(phase);
    if (options_.phases && before != phase) {
      std::fputs(fmt::format("phase {}\n", PhaseName(phase)).c_str(), stderr);
    }
  }

  /// Nothing is under way, and all are still connected: whoever leads the run looks at what it
  /// wants to compare, and says by a line (or the end of input) to go on.
  static void AwaitLeader() {
    for (int c = std::getchar(); c != '\n' && c != EOF;) c = std::getchar();
  }

  /// Somebody has killed the server, and all of its people are level again.
  bool StormIsOver() const {
    if (options_.workload != WorkloadKind::kStorm || ComesBackToTheSame(options_)) return false;
    const Counts counts = Count();
    return counts[Counter::kConnectionsLost] > 0 &&
           counts[Counter::kReturned] == counts[Counter::kConnectionsLost];
  }

  void Finish() {
    Enter(Phase::kDone);
    crew_->Join();
    if (progress_shown_) std::fputs("\r\033[K", stderr);
    progress_shown_ = false;
  }

  Counts Count() const { return crew_->Count(); }

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
    now.own_cpu_s = OwnCpuS() + crew_->CpuElsewhereS();
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
        const std::string error = crew_->Found().first_error;
        const std::string why = !error.empty() ? error
                                : stop_        ? "interrupted"
                                               : "the server did not answer in time";
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
    outcome.total = Count();
    outcome.losses_wanted = options_.workload == WorkloadKind::kStorm;
    outcome.found = crew_->Found();
    // People of the one server are level from when they might return, not from when they were lost.
    if (outcome.comeback) outcome.found.first_lost_ns = outcome.from.at_ns;
    outcome.busiest_worker = static_cast<double>(outcome.found.busiest_cpu_ns) /
                             static_cast<double>(outcome.to.at_ns - outcome.from.at_ns);
  }

  const Options& options_;
  const Plan& plan_;
  const Servers& servers_;
  std::vector<int> server_pids_;
  const std::atomic<bool>& stop_;
  const std::unique_ptr<Crew> crew_;
  RunState& state_ = crew_->state();
  std::int64_t next_progress_ns_ = 0;
  bool progress_shown_ = false;
};

}  // namespace

std::optional<double> Outcome::ServerCpuS() const {
  if (!from.server || !to.server) return std::nullopt;
  return to.server->cpu_s - from.server->cpu_s;
}

std::uint64_t Outcome::Missing() const {
  const std::uint64_t expected = total[Counter::kExpected];
  return expected - std::min(expected, total.Received());
}

bool Outcome::Clean() const {
  return Missing() == 0 && found.unanswered == 0 && found.failed_processes == 0 &&
         total[Counter::kRefused] == 0 && total[Counter::kHoles] == 0 &&
         total[Counter::kRepeated] == 0 &&
         (losses_wanted ? found.away == 0
                        : total[Counter::kConnectionsLost] + total[Counter::kConnectsFailed] == 0);
}

Result<Outcome> RunWorkload(const Options& options, const Plan& plan, const Servers& servers,
                            const std::atomic<bool>& stop) {
  return Coordinator(options, plan, servers, stop).Run();
}

}  // namespace parley::bench
