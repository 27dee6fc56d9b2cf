#include "http/ops_service.h"

#include <utility>

#include "http/responses.h"
#include "wire/json_writer.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

HttpResponse Text(std::string content_type, std::string body) {
  return {200,
          {{"Content-Type", std::move(content_type)}, {"Cache-Control", "no-store"}},
          std::move(body)};
}

}  // namespace

OpsService::OpsService(const metrics::Metrics& metrics, std::vector<ReadinessCheck> checks,
                       std::function<Status()> alive)
    : metrics_(metrics), checks_(std::move(checks)), alive_(std::move(alive)) {}

Task<HttpResponse> OpsService::Handle(net::HttpRequest request) {
  return Answer(std::move(request));
}

Task<std::variant<HttpResponse, net::AcceptWebSocket>> OpsService::Upgrade(
    net::HttpRequest request, runtime::Shard& /*shard*/) {
  // No WebSockets here: answered as if none was asked for.
  return [](OpsService* self,
            net::HttpRequest asked) -> Task<std::variant<HttpResponse, net::AcceptWebSocket>> {
    co_return co_await self->Answer(std::move(asked));
  }(this, std::move(request));
}

HttpResponse OpsService::Refuse(int status, std::string_view detail) {
  return Problem(status, detail);
}

Task<HttpResponse> OpsService::Answer(net::HttpRequest request) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  if (path != "/healthz" && path != "/readyz" && path != "/metrics") {
    co_return Problem(NotFound("the operations port has /healthz, /readyz and /metrics"));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal = Problem(405, "this address knows GET, HEAD");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    co_return refusal;
  }
  if (path == "/metrics") co_return co_await Scrape();
  if (path == "/readyz") co_return Readiness();
  if (const Status status = alive_(); !status.ok()) co_return Problem(500, status.message());
  co_return Text("text/plain; charset=utf-8", "ok\n");
}

Task<HttpResponse> OpsService::Scrape() {
  Result<std::string> text =
      co_await scrapes_.Run([this]() -> Result<std::string> { return metrics_.Text(); });
  if (!text.ok()) co_return Problem(503, "too many scrapes at once, or the server is stopping");
  co_return Text(metrics::Metrics::kTextFormat, *std::move(text));
}

HttpResponse OpsService::Readiness() const {
  bool ready = true;
  const std::string parts = wire::ToJson([&](wire::JsonWriter& json) {
    json.BeginArray();
    for (const ReadinessCheck& check : checks_) {
      const Status status = check.status();
      ready = ready && status.ok();
      json.BeginObject().Key("name").String(check.name).Key("ready").Bool(status.ok());
      if (!status.ok()) json.Key("detail").String(status.message());
      json.EndObject();
    }
    json.EndArray();
  });
  HttpResponse response =
      Json(ready ? 200 : 503, wire::ToJson([&](wire::JsonWriter& out) {
             out.BeginObject().Key("ready").Bool(ready).Key("parts").Raw(parts).EndObject();
           }));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace parley::http
