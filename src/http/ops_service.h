#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "metrics/metrics.h"
#include "net/http.h"
#include "runtime/blocking_pool.h"

namespace parley::http {

/// One part of the program that must be well before it can serve.
struct ReadinessCheck {
  std::string name;                ///< "store"
  std::function<Status()> status;  ///< OK, or why not; any thread, must not block
};

/// The operations port: /healthz (the process lives and its threads run), /readyz (it can serve, or
/// which part is not ready) and /metrics. For load balancers and Prometheus; never for the public.
///
/// /metrics is gathered on a thread of its own, so that no shard waits for it (the kernel may take
/// long to tell of the process); when kMaxScrapes wait for it, further ones are answered 503. Any
/// shard.
class OpsService : public net::HttpService {
 public:
  /// `metrics`, and what the checks look at, outlive the service. `alive` (any thread, must not
  /// block) tells what is beyond hope without a restart: then /healthz answers 500.
  OpsService(const metrics::Metrics& metrics, std::vector<ReadinessCheck> checks,
             std::function<Status()> alive);

  static constexpr std::size_t kMaxScrapes = 8;

  /// Ends the thread; /metrics is answered 503 from here on. From no shard, before what the metrics
  /// read goes. Idempotent.
  void Stop() { scrapes_.Stop(); }

  runtime::Task<net::HttpResponse> Handle(net::HttpRequest request) override;
  runtime::Task<std::variant<net::HttpResponse, net::AcceptWebSocket>> Upgrade(
      net::HttpRequest request, runtime::Shard& shard) override;
  net::HttpResponse Refuse(int status, std::string_view detail) override;

 private:
  runtime::Task<net::HttpResponse> Answer(net::HttpRequest request);
  runtime::Task<net::HttpResponse> Scrape();
  net::HttpResponse Readiness() const;

  const metrics::Metrics& metrics_;
  const std::vector<ReadinessCheck> checks_;
  const std::function<Status()> alive_;
  runtime::BlockingPool scrapes_{1, kMaxScrapes};
};

}  // namespace parley::http
