#include "bench/step_report.h"

#include <fmt/format.h>

#include "bench/report_parts.h"
#include "client/json_writer.h"

namespace parley::bench {
namespace {

using client::JsonObject;

std::string Row(const Step& step) {
  std::string row;
  if (step.latency.count() > 0) {
    row = LatencyRow(step.name.c_str(), step.latency);
    row.pop_back();
    row += fmt::format("  ({} times", step.latency.count());
    if (step.server_cpu_s > 0) row += fmt::format(", server CPU {:.1f} µs each", step.CpuUsEach());
    row += ")\n";
  }
  for (const auto& [name, value] : step.figures) {
    row += fmt::format("{:<22}  {} {:.6g}\n", step.name, name, value);
  }
  return row;
}

std::string OptionsOf(const Options& options) {
  JsonObject object;
  object.Uint("payload_bytes", options.payload_bytes).Uint("seed", options.seed);
  if (options.workload == WorkloadKind::kInbox) {
    object.Uint("conversations_each", options.conversations)
        .Uint("people", options.people)
        .Uint("repeats", options.repeats)
        .Uint("restarts", options.restarts);
  } else if (options.workload == WorkloadKind::kHistory) {
    object.Uint("stored", options.stored)
        .Uint("conversations", options.rooms)
        .Uint("pages", options.pages)
        .Uint("pairs", options.pairs)
        .Uint("restarts", options.restarts);
  } else {
    object.Str("url", options.url)
        .Uint("pages", options.pages)
        .Uint("connections", options.connections);
  }
  return object.Take();
}

}  // namespace

std::string StepTable(const Options& options, const StepReport& report) {
  std::string table = fmt::format("{}\n", WorkloadName(options.workload));
  for (const Step& step : report.steps()) table += Row(step);
  return table +
         fmt::format("other programs took {:.0f} % of the machine\n", report.OthersShare() * 100);
}

std::string StepJson(const Options& options, const StepReport& report, bool complete) {
  JsonObject steps;
  for (const Step& step : report.steps()) {
    JsonObject object;
    object.Raw("ms", LatencyJson(step.latency))
        .Raw("seconds", Number(step.seconds))
        .Raw("cpu_s", Number(step.server_cpu_s))
        .Raw("cpu_us_each", Number(step.CpuUsEach()));
    for (const auto& [name, value] : step.figures) object.Raw(name, Number(value));
    steps.Raw(step.name, object.Take());
  }
  return JsonObject()
      .Str("workload", WorkloadName(options.workload))
      .Str("version", PARLEY_VERSION)
      .Raw("options", OptionsOf(options))
      .Bool("interrupted", !complete)
      .Bool("clean", true)
      .Raw("other_programs_share", Number(report.OthersShare()))
      .Raw("steps", steps.Take())
      .Take();
}

}  // namespace parley::bench
