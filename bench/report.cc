#include "bench/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/report_parts.h"
#include "client/json_writer.h"

namespace parley::bench {
namespace {

using client::JsonObject;

constexpr double kMicro = 1e6;
constexpr double kMilli = 1e3;
/// From this share of a core on a worker is taken for the bottleneck.
constexpr double kBusyWorker = 0.9;
/// An open loop whose sends are later than this (p99) was not one.
constexpr std::int64_t kLateNs = 5 * kNsPerMs;
/// More than this and the figures are better thrown away (docs/benchmarks).
constexpr double kNoisyMachine = 0.05;

/// What the two ends of the measured time give.
struct Figures {
  explicit Figures(const Outcome& outcome) {
    const Snapshot& from = outcome.from;
    const Snapshot& to = outcome.to;
    seconds = static_cast<double>(to.at_ns - from.at_ns) / static_cast<double>(kNsPerSecond);
    messages = Between(from, to, Counter::kAcked);
    deliveries = Between(from, to, Counter::kDelivered);
    own_cpu_s = to.own_cpu_s - from.own_cpu_s;
    const double machine_s = to.machine.total_s - from.machine.total_s;
    double others_s = to.machine.busy_s - from.machine.busy_s - own_cpu_s;
    server_cpu_s = outcome.ServerCpuS();
    others_s -= server_cpu_s.value_or(0);
    others_share = machine_s > 0 ? std::max(others_s / machine_s, 0.0) : 0;
    generator_limit = outcome.busiest_worker > kBusyWorker;
    sent_late = outcome.found.lag.Percentile(99) > static_cast<std::uint64_t>(kLateNs);
  }

  static double Between(const Snapshot& from, const Snapshot& to, Counter counter) {
    return static_cast<double>(to.counts[counter] - from.counts[counter]);
  }

  double seconds = 0;
  double messages = 0;
  double deliveries = 0;
  double own_cpu_s = 0;
  std::optional<double> server_cpu_s;
  double others_share = 0;       ///< of all cores
  bool generator_limit = false;  ///< a thread of it had no time left
  bool sent_late = false;        ///< it did not get to run when a send was due
};

double AllLevelMs(const Outcome& outcome) {
  return static_cast<double>(outcome.found.last_level_ns - outcome.found.first_lost_ns) /
         static_cast<double>(kNsPerMs);
}

double MemoryPerConnection(const Outcome& outcome) {
  return static_cast<double>(outcome.connected.server->rss_bytes) -
         static_cast<double>(outcome.before.server->rss_bytes);
}

std::string ServerRows(const Outcome& outcome, const Figures& figures) {
  if (!figures.server_cpu_s) {
    return "server                  its process is not known: no CPU and memory (see --pid)\n";
  }
  std::string rows =
      fmt::format("server CPU              {:.2f} cores", *figures.server_cpu_s / figures.seconds);
  if (figures.messages > 0) {
    rows +=
        fmt::format(", {:.1f} µs per message", *figures.server_cpu_s * kMicro / figures.messages);
  }
  if (figures.deliveries > 0) {
    rows += fmt::format(", {:.2f} µs per delivery",
                        *figures.server_cpu_s * kMicro / figures.deliveries);
  }
  constexpr double kMiB = 1024 * 1024;
  const auto connections = static_cast<double>(outcome.connected.counts[Counter::kConnected]);
  rows += fmt::format(
      "\nserver memory           {:.1f} MiB before, {:.1f} MiB connected, {:.1f} MiB at "
      "the end; {} files\n",
      static_cast<double>(outcome.before.server->rss_bytes) / kMiB,
      static_cast<double>(outcome.connected.server->rss_bytes) / kMiB,
      static_cast<double>(outcome.to.server->rss_bytes) / kMiB, outcome.to.server->files);
  rows += fmt::format(
      "per connection          {:.2f} kB of the server's memory, and of the kernel's "
      "{:.2f} kB (both ends)\n",
      MemoryPerConnection(outcome) / connections / 1000,
      (static_cast<double>(outcome.connected.machine.slab_bytes) -
       static_cast<double>(outcome.before.machine.slab_bytes)) /
          connections / 1000);
  return rows;
}

std::string ServerJson(const Outcome& outcome, const Figures& figures) {
  const auto connections = static_cast<double>(outcome.connected.counts[Counter::kConnected]);
  const auto slab = static_cast<double>(outcome.connected.machine.slab_bytes) -
                    static_cast<double>(outcome.before.machine.slab_bytes);
  return JsonObject()
      .Raw("cpu_s", Number(*figures.server_cpu_s))
      .Raw("cpu_us_per_message", Number(*figures.server_cpu_s * kMicro / figures.messages))
      .Raw("cpu_us_per_delivery", Number(*figures.server_cpu_s * kMicro / figures.deliveries))
      .Uint("rss_before_bytes", outcome.before.server->rss_bytes)
      .Uint("rss_connected_bytes", outcome.connected.server->rss_bytes)
      .Uint("rss_end_bytes", outcome.to.server->rss_bytes)
      .Raw("rss_per_connection_bytes", Number(MemoryPerConnection(outcome) / connections))
      .Raw("kernel_slab_per_connection_bytes", Number(slab / connections))
      .Uint("files", outcome.to.server->files)
      .Uint("threads", outcome.to.server->threads)
      .Take();
}

/// How all came back to the one server, and what that cost it.
void AddComeback(JsonObject& object, const Outcome& outcome, const Figures& figures) {
  const ComebackOutcome& comeback = *outcome.comeback;
  const auto returned = static_cast<double>(outcome.total[Counter::kReturned]);
  object.Uint("returned", outcome.total[Counter::kReturned])
      .Uint("recovered", outcome.total[Counter::kRecovered])
      .Uint("conversations", comeback.conversations)
      .Raw("ready_ms", comeback.ready_s ? Number(*comeback.ready_s * kMilli) : "null")
      .Raw("cpu_us_each", figures.server_cpu_s ? Number(*figures.server_cpu_s * kMicro / returned)
                                               : std::string("null"));
  if (!comeback.reads) return;
  object.Raw("store_reads", JsonObject()
                                .Raw("snapshots", Number(comeback.reads->snapshots))
                                .Raw("memberships", Number(comeback.reads->memberships))
                                .Raw("entries", Number(comeback.reads->entries))
                                .Take());
}

/// How a storm went: null where no connection was lost.
std::string StormJson(const Outcome& outcome, const Figures& figures) {
  if (outcome.found.level.count() == 0) return "null";
  JsonObject object;
  object.Raw("all_level_ms", Number(AllLevelMs(outcome)))
      .Raw("level_ms", LatencyJson(outcome.found.level))
      .Uint("away", outcome.found.away);
  if (outcome.comeback) AddComeback(object, outcome, figures);
  return object.Take();
}

std::string ComebackRows(const Outcome& outcome, const Figures& figures) {
  const ComebackOutcome& comeback = *outcome.comeback;
  std::string rows = LatencyRow("level again", outcome.found.level);
  if (comeback.ready_s) {
    rows += fmt::format("restart                 {:.0f} ms until the server was ready\n",
                        *comeback.ready_s * kMilli);
  }
  rows += fmt::format(
      "comeback                {} of {} people level after {:.0f} ms, {} messages "
      "recovered, {} attempts failed",
      outcome.total[Counter::kReturned], comeback.away, AllLevelMs(outcome),
      outcome.total[Counter::kRecovered], outcome.total[Counter::kConnectsFailed]);
  if (figures.server_cpu_s) {
    rows += fmt::format(
        "; {:.0f} µs of the server's CPU each",
        *figures.server_cpu_s * kMicro / static_cast<double>(outcome.total[Counter::kReturned]));
  }
  rows += '\n';
  if (comeback.reads) {
    rows += fmt::format(
        "store reads             {:.0f} of conversations ({} there are), {:.0f} of "
        "people's lists, {:.0f} of changes\n",
        comeback.reads->snapshots, comeback.conversations, comeback.reads->memberships,
        comeback.reads->entries);
  }
  return rows;
}

std::string StormRows(const Outcome& outcome) {
  if (outcome.found.level.count() == 0) return "storm                   no connection was lost\n";
  return LatencyRow("level again", outcome.found.level) +
         fmt::format(
             "storm                   {} connections lost, all level after {:.0f} ms; {} attempts "
             "failed, {} messages recovered\n",
             outcome.total[Counter::kConnectionsLost], AllLevelMs(outcome),
             outcome.total[Counter::kConnectsFailed], outcome.total[Counter::kRecovered]);
}

std::string OptionsJson(const Options& options) {
  JsonObject object;
  object.Raw("duration_s", Number(options.duration_s))
      .Raw("warmup_s", Number(options.warmup_s))
      .Uint("payload_bytes", options.payload_bytes)
      .Uint("threads", options.threads)
      .Uint("processes", options.processes)
      .Uint("seed", options.seed)
      .Raw("rate", Number(options.rate))
      .Uint("in_flight", options.in_flight)
      .Bool("spawned", options.spawn)
      .Uint("servers", std::max<std::size_t>(options.servers.size(), 1));
  switch (options.workload) {
    case WorkloadKind::kPairs:
      object.Uint("pairs", options.pairs)
          .Bool("real", options.real)
          .Uint("idle_people", options.idle_people);
      break;
    case WorkloadKind::kGroup:
      object.Uint("members", options.members).Uint("senders", options.senders);
      break;
    case WorkloadKind::kIdle:
      object.Uint("connections", options.connections);
      break;
    case WorkloadKind::kMixed:
      object.Uint("people", options.people)
          .Uint("conversations", options.rooms)
          .Raw("reconnect_every_s", Number(options.reconnect_s))
          .Uint("idle_people", options.idle_people);
      break;
    case WorkloadKind::kStorm:
      object.Uint("people", options.people)
          .Uint("outsiders", options.outsiders)
          .Uint("conversations", options.rooms)
          .Bool("restart", options.restart)
          .Uint("missed", options.missed)
          .Uint("stored", options.stored);
      break;
    case WorkloadKind::kInbox:  // step_report.cc
    case WorkloadKind::kHistory:
    case WorkloadKind::kPages:
    case WorkloadKind::kFill:
      break;
  }
  return object.Take();
}

}  // namespace

std::string Table(const Options& options, const Outcome& outcome) {
  const Figures figures(outcome);
  std::string table =
      fmt::format("{}: {} connections, {:.1f} s measured{}\n", WorkloadName(options.workload),
                  outcome.connected.counts[Counter::kConnected], figures.seconds,
                  outcome.interrupted ? " (interrupted)" : "");
  if (options.workload != WorkloadKind::kIdle && !outcome.comeback) {
    table += fmt::format("throughput              {:.0f} messages/s, {:.0f} deliveries/s\n",
                         figures.messages / figures.seconds, figures.deliveries / figures.seconds);
    table += LatencyRow("ack", outcome.found.ack);
    table += LatencyRow("delivery", outcome.found.delivery);
  }
  table += ServerRows(outcome, figures);
  table += fmt::format(
      "generator               {:.2f} cores, busiest thread {:.0f} %, sends late p99 "
      "{:.2f} ms; other programs took {:.0f} % of the machine\n",
      figures.own_cpu_s / figures.seconds, outcome.busiest_worker * 100,
      Ms(outcome.found.lag.Percentile(99)), figures.others_share * 100);
  if (options.workload == WorkloadKind::kMixed) {
    const Counts& total = outcome.total;
    table += fmt::format(
        "whole run               {} reconnects, {} messages recovered by resume, {} sent again; "
        "came back: "
        "{} receipts, {} typing, {} presence, {} inbox\n",
        total[Counter::kReconnects], total[Counter::kRecovered], total[Counter::kResends],
        total[Counter::kReceipts], total[Counter::kTyping], total[Counter::kPresence],
        total[Counter::kInbox]);
  }
  if (outcome.comeback) {
    table += ComebackRows(outcome, figures);
  } else if (options.workload == WorkloadKind::kStorm) {
    table += StormRows(outcome);
  }
  if (figures.generator_limit) {
    table +=
        "note                    the generator was the limit: more --threads, or another machine\n";
  }
  if (figures.sent_late && !figures.generator_limit) {
    table += "note                    sends were late: the generator did not get to run in time\n";
  }
  if (figures.others_share > kNoisyMachine) {
    table +=
        "note                    the machine was busy with other things: trust CPU per message, "
        "not "
        "times\n";
  }
  return table;
}

std::string Json(const Options& options, const Outcome& outcome) {
  const Figures figures(outcome);
  JsonObject counters;
  for (std::size_t i = 0; i < kCounters; ++i) {
    counters.Uint(kCounterNames.at(i), outcome.total.values.at(i));
  }
  JsonObject object;
  object.Str("workload", WorkloadName(options.workload))
      .Str("version", PARLEY_VERSION)
      .Raw("options", OptionsJson(options))
      .Bool("interrupted", outcome.interrupted)
      .Bool("clean", outcome.Clean())
      .Raw("measured_s", Number(figures.seconds))
      .Raw("messages", Number(figures.messages))
      .Raw("deliveries", Number(figures.deliveries))
      .Raw("messages_per_s", Number(figures.messages / figures.seconds))
      .Raw("deliveries_per_s", Number(figures.deliveries / figures.seconds))
      .Raw("ack_ms", LatencyJson(outcome.found.ack))
      .Raw("delivery_ms", LatencyJson(outcome.found.delivery))
      .Raw("storm", StormJson(outcome, figures))
      .Raw("server", figures.server_cpu_s ? ServerJson(outcome, figures) : std::string("null"))
      .Raw("generator", JsonObject()
                            .Raw("cores", Number(figures.own_cpu_s / figures.seconds))
                            .Raw("busiest_thread", Number(outcome.busiest_worker))
                            .Raw("late_p99_ms", Number(Ms(outcome.found.lag.Percentile(99))))
                            .Bool("was_the_limit", figures.generator_limit)
                            .Bool("sent_late", figures.sent_late)
                            .Take())
      .Raw("other_programs_share", Number(figures.others_share))
      .Raw("total", counters.Take())
      .Uint("unanswered", outcome.found.unanswered)
      .Uint("missing_deliveries", outcome.Missing());
  return object.Take();
}

std::string Failures(const Outcome& outcome) {
  const Counts& total = outcome.total;
  const std::array<std::pair<std::uint64_t, const char*>, 8> kinds{{
      {outcome.found.failed_processes, "processes of the generator failed"},
      {outcome.found.unanswered, "messages were never acknowledged"},
      {outcome.Missing(), "deliveries of acknowledged messages are missing"},
      {total[Counter::kHoles], "changes were skipped"},
      {total[Counter::kRepeated], "changes or acks came twice"},
      {total[Counter::kRefused], "commands were refused"},
      {outcome.losses_wanted ? 0
                             : total[Counter::kConnectionsLost] + total[Counter::kConnectsFailed],
       "connections were lost"},
      {outcome.losses_wanted ? outcome.found.away : 0, "people did not come back"},
  }};
  std::string lines;
  for (const auto& [count, what] : kinds) {
    if (count > 0) lines += fmt::format("FAILED: {} {}\n", count, what);
  }
  if (!lines.empty() && !outcome.found.first_error.empty()) {
    lines += fmt::format("first error: {}\n", outcome.found.first_error);
  }
  return lines;
}

}  // namespace parley::bench
