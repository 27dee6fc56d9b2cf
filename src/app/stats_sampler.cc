#include "app/stats_sampler.h"

#include <utility>

#include "app/process_stats.h"

namespace parley::app {
namespace {

constexpr double kMillisInSecond = 1'000;

double PerSecond(std::uint64_t before, std::uint64_t after, double seconds) {
  return seconds > 0 && after > before ? static_cast<double>(after - before) / seconds : 0;
}

std::optional<double> InMillis(std::optional<double> seconds) {
  return seconds ? std::optional(*seconds * kMillisInSecond) : std::nullopt;
}

}  // namespace

std::optional<double> QuantileBetween(const metrics::Histogram::Snapshot& before,
                                      const metrics::Histogram::Snapshot& after, double quantile) {
  if (after.count <= before.count) return std::nullopt;
  const double rank = quantile * static_cast<double>(after.count - before.count);
  double seen = 0;
  double lower = 0;
  for (std::size_t i = 0; i < after.bounds.size(); ++i) {
    const std::uint64_t earlier = i < before.counts.size() ? before.counts[i] : 0;
    const auto here = static_cast<double>(after.counts[i] - earlier);
    const double upper = after.bounds[i];
    if (here > 0 && seen + here >= rank) return lower + (upper - lower) * (rank - seen) / here;
    seen += here;
    lower = upper;
  }
  return after.bounds.empty() ? std::nullopt : std::optional(after.bounds.back());
}

ServerSample SampleBetween(const ServerTotals& before, const ServerTotals& after,
                           std::chrono::duration<double> between, TimePoint at) {
  constexpr double kMedian = 0.5;
  constexpr double kAllButOneInAHundred = 0.99;
  ServerSample sample;
  sample.at = at;
  sample.connections = after.connections;
  sample.messages_per_second = PerSecond(before.messages, after.messages, between.count());
  sample.deliveries_per_second = PerSecond(before.deliveries, after.deliveries, between.count());
  sample.commit_p50_ms =
      InMillis(QuantileBetween(before.commit_seconds, after.commit_seconds, kMedian));
  sample.commit_p99_ms =
      InMillis(QuantileBetween(before.commit_seconds, after.commit_seconds, kAllButOneInAHundred));
  sample.storage_bytes = after.storage_bytes;
  sample.memory_bytes = after.memory_bytes;
  return sample;
}

std::function<ServerTotals()> TotalsReader(TotalsSources sources) {
  return [sources] {
    const auto websockets = sources.server->stats().websockets.load();
    ServerTotals totals;
    totals.connections = websockets > 0 ? static_cast<std::uint64_t>(websockets) : 0;
    totals.messages = sources.chat->stats().messages.Get();
    totals.deliveries = sources.sessions->stats().deliveries.Get();
    totals.commit_seconds = sources.store->commit_stats().append_seconds;
    totals.storage_bytes = sources.store->disk_bytes();
    totals.memory_bytes = ReadProcessStats().resident_bytes;
    return totals;
  };
}

void StatsSampler::Start() {
  shard_.Post([this] {
    last_ = read_();
    last_at_ = Steady::now();
    Sample();
  });
}

void StatsSampler::Sample() {
  ServerTotals totals = read_();
  const Steady::time_point now = Steady::now();
  history_.Add(SampleBetween(last_, totals, now - last_at_, clock_.Now()));
  last_ = std::move(totals);
  last_at_ = now;
  timer_.After(kInterval, [this] { Sample(); });
}

}  // namespace parley::app
