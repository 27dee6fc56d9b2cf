#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/api.h"
#include "http/http_stats.h"
#include "http/router.h"
#include "metrics/metrics.h"
#include "net/http.h"

namespace parley::http {

/// What the calls and the WebSocket of this version offer, for `GET /v1/server`.
std::vector<std::string> FeaturesOfApi();

/// The public port: routes each request to its handler, after checking who makes it, and gives
/// every answer its form.
///
/// Immutable but for what it counts; any shard. Nothing here is cancelled: a handler runs to its
/// end though its client has gone.
class ApiService : public net::HttpService {
 public:
  ApiService(ApiDependencies dependencies, ApiSettings settings);

  runtime::Task<net::HttpResponse> Handle(net::HttpRequest request) override;
  /// For calls of people who are signed in, large bodies are read from them alone.
  runtime::Task<std::variant<net::HttpResponse, net::Sender>> Admit(net::HttpRequest head) override;
  runtime::Task<std::variant<net::HttpResponse, net::AcceptWebSocket>> Upgrade(
      net::HttpRequest request, runtime::Shard& shard) override;
  net::HttpResponse Refuse(int status, std::string_view detail) override;

  const HttpStats& stats() const { return stats_; }

 private:
  struct Answer {
    net::HttpResponse response;
    std::optional<std::size_t> route;  ///< index in the table; nothing where no route fits
  };
  using UpgradeAnswer = std::variant<net::HttpResponse, net::AcceptWebSocket>;

  /// From the request as it came to its answer, all but what every answer has.
  runtime::Task<Answer> Dispatch(Request* request, std::string request_id);
  runtime::Task<Result<net::HttpResponse>> Run(const Route* route, Request* request) const;
  runtime::Task<UpgradeAnswer> UpgradeOn(net::HttpRequest http, runtime::Shard* shard);

  net::HttpResponse AnswerOptions(const net::HttpRequest& request, const RouteMatch& match) const;
  net::HttpResponse Render(Result<net::HttpResponse> result, std::string_view request_id) const;
  /// Adds what every answer has, counts it and logs it.
  void Finish(const net::HttpRequest& request, std::string_view request_id,
              std::chrono::steady_clock::time_point begin, Answer& answer);
  std::string MakeRequestId() const;

  const Api api_;
  const Router router_;
  HttpStats stats_;
};

}  // namespace parley::http
