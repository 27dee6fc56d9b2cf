#include "http/http_stats.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

namespace parley::http {
namespace {

/// What handlers answer, and what requests are refused with that reach none (net/request_parser);
/// anything else counts in the last place.
constexpr std::array kStatuses{101, 200, 201, 204, 304, 308, 400, 401, 403, 404, 405, 408, 409,
                               413, 414, 415, 417, 422, 426, 429, 431, 500, 501, 503, 505, 0};

std::size_t StatusIndex(int status) {
  const auto found = std::ranges::find(kStatuses, status);
  return std::min<std::size_t>(static_cast<std::size_t>(found - kStatuses.begin()),
                               kStatuses.size() - 1);
}

std::string StatusName(int status) { return status == 0 ? "other" : std::to_string(status); }

}  // namespace

std::vector<std::string> ErrorCodes() {
  return {"invalid",      "unauthenticated",    "forbidden", "not_found",
          "conflict",     "method_not_allowed", "too_large", "unsupported_media_type",
          "rate_limited", "unavailable",        "internal"};
}

HttpStats::HttpStats(const std::vector<Route>& routes)
    : counts_(
          std::make_unique<std::atomic<std::uint64_t>[]>((routes.size() + 1) * kStatuses.size())) {
  for (const Route& route : routes) {
    names_.push_back(fmt::format("{} {}", route.method, route.pattern));
  }
  names_.emplace_back("other");
}

void HttpStats::Count(std::optional<std::size_t> route, int status,
                      std::chrono::nanoseconds duration) {
  const std::size_t row = route.value_or(names_.size() - 1);
  counts_[row * kStatuses.size() + StatusIndex(status)].fetch_add(1, std::memory_order_relaxed);
  seconds_.Observe(duration);
}

void HttpStats::AddTo(metrics::Metrics& metrics) const {
  metrics.AddCounters("parley_http_requests_total",
                      "Answers of the public port, by route and status.",
                      [this] { return Read(); });
  metrics.AddHistogram("parley_http_request_seconds",
                       "Time from a request, read whole, to its answer, without sending it.",
                       [this] { return seconds_.Read(); });
}

std::vector<metrics::Sample> HttpStats::Read() const {
  std::vector<metrics::Sample> samples;
  for (std::size_t row = 0; row < names_.size(); ++row) {
    for (std::size_t i = 0; i < kStatuses.size(); ++i) {
      const std::uint64_t count =
          counts_[row * kStatuses.size() + i].load(std::memory_order_relaxed);
      if (count == 0) continue;
      samples.push_back({{{"route", names_[row]}, {"status", StatusName(kStatuses[i])}},
                         static_cast<double>(count)});
    }
  }
  return samples;
}

}  // namespace parley::http
