#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "metrics/metrics.h"
#include "net/http.h"

namespace parley::http {

/// One part of the program that must be well before it can serve.
struct ReadinessCheck {
  std::string name;                ///< "store"
  std::function<Status()> status;  ///< OK, or why not; any thread, must not block
};

/// The operations port: /healthz (the process lives and its threads run), /readyz (it can serve, or
/// which part is not ready) and /metrics. For load balancers and Prometheus; never for the public.
/// Any shard.
class OpsService : public net::HttpService {
 public:
  /// `metrics`, and what the checks look at, outlive the service. `alive` (any thread, must not
  /// block) tells what is beyond hope without a restart: then /healthz answers 500.
  OpsService(const metrics::Metrics& metrics, std::vector<ReadinessCheck> checks,
             std::function<Status()> alive);

  runtime::Task<net::HttpResponse> Handle(net::HttpRequest request) override;
  runtime::Task<std::variant<net::HttpResponse, net::AcceptWebSocket>> Upgrade(
      net::HttpRequest request, runtime::Shard& shard) override;
  net::HttpResponse Refuse(int status, std::string_view detail) override;

 private:
  net::HttpResponse Answer(const net::HttpRequest& request) const;
  net::HttpResponse Readiness() const;

  const metrics::Metrics& metrics_;
  const std::vector<ReadinessCheck> checks_;
  const std::function<Status()> alive_;
};

}  // namespace parley::http
