#include "bench/server_metrics.h"

#include <charconv>

#include <fmt/format.h>

#include "bench/page_load.h"
#include "client/http_client.h"
#include "client/url.h"

namespace parley::bench {

Metrics ParseMetrics(std::string_view page) {
  Metrics metrics;
  while (!page.empty()) {
    const std::size_t end = page.find('\n');
    const std::string_view line = page.substr(0, end);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    const std::size_t space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    double value = 0;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), value);
    metrics.emplace(line.substr(0, space), value);
  }
  return metrics;
}

Metrics ReadMetrics(const std::string& ops_url) {
  const Result<client::ServerUrl> server = client::ParseServerUrl(ops_url);
  if (!server.ok()) return {};
  client::CurlHttpClient http(*server, "");
  const Result<std::string> page = GetPage(http, "/metrics");
  return page.ok() ? ParseMetrics(*page) : Metrics();
}

StoreReads ReadsBetween(const Metrics& before, const Metrics& after) {
  const auto misses = [&](std::string_view cache) {
    const std::string name = fmt::format(R"(parley_cache_misses_total{{cache="{}"}})", cache);
    const auto from = before.find(name);
    const auto to = after.find(name);
    return (to == after.end() ? 0 : to->second) - (from == before.end() ? 0 : from->second);
  };
  return {misses("snapshots"), misses("memberships"), misses("entries")};
}

}  // namespace parley::bench
