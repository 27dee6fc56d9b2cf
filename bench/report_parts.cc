#include "bench/report_parts.h"

#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "bench/clock.h"
#include "client/json_writer.h"

namespace parley::bench {
namespace {

using client::JsonObject;

constexpr std::array<std::pair<const char*, double>, 4> kPercentiles{
    {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}}};

}  // namespace

double Ms(std::uint64_t ns) { return static_cast<double>(ns) / static_cast<double>(kNsPerMs); }

std::string Number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : std::string("null");
}

std::string LatencyRow(const char* name, const Histogram& histogram) {
  std::string row = fmt::format("{:<22}", name);
  for (const auto& [label, percent] : kPercentiles) {
    row += fmt::format("  {} {:.2f}", label, Ms(histogram.Percentile(percent)));
  }
  return row + fmt::format("  max {:.2f} ms\n", Ms(histogram.Max()));
}

std::string LatencyJson(const Histogram& histogram) {
  JsonObject object;
  object.Uint("count", histogram.count());
  object.Raw("mean", Number(histogram.Mean() / static_cast<double>(kNsPerMs)));
  for (const auto& [label, percent] : kPercentiles) {
    object.Raw(label, Number(Ms(histogram.Percentile(percent))));
  }
  object.Raw("max", Number(Ms(histogram.Max())));
  return object.Take();
}

}  // namespace parley::bench
