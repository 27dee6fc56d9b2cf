#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/router.h"
#include "metrics/histogram.h"
#include "metrics/metrics.h"

namespace parley::http {

/// The codes that errors are told by (api.md): what a CounterSet of errors is made of.
std::vector<std::string> ErrorCodes();

/// Counts the answers of the public port by route and status. Any thread; counting costs three
/// relaxed atomic additions.
class HttpStats {
 public:
  explicit HttpStats(const std::vector<Route>& routes);

  /// Without a route: what no route stands for.
  void Count(std::optional<std::size_t> route, int status, std::chrono::nanoseconds duration);

  /// Adds parley_http_requests_total{route,status} and parley_http_request_seconds; this must
  /// outlive the metrics' last scrape.
  void AddTo(metrics::Metrics& metrics) const;

 private:
  std::vector<metrics::Sample> Read() const;

  std::vector<std::string> names_;  // of the routes, and "other"
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  metrics::Histogram seconds_{metrics::Histogram::SecondsBounds()};
};

}  // namespace parley::http
