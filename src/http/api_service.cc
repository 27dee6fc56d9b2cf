#include "http/api_service.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "http/admission.h"
#include "http/authentication.h"
#include "http/client_network.h"
#include "http/logged_websocket.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/target.h"
#include "http/text.h"
#include "http/websocket_route.h"
#include "wire/error_code.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

/// How long a browser may remember the answer to a preflight, in seconds.
constexpr const char* kPreflightMaxAge = "600";
/// Longer than this a person waits visibly: it is logged as a warning.
constexpr std::chrono::seconds kSlow{1};

bool HasHeader(const HttpResponse& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& header) { return header.first == name; });
}

}  // namespace

std::vector<std::string> FeaturesOfApi() {
  return {"accounts", "cookies",  "users",    "direct",      "groups", "messages",
          "replies",  "changes",  "read",     "websocket",   "resume", "receipts",
          "typing",   "presence", "profiles", "invitations", "admin"};
}

ApiService::ApiService(ApiDependencies dependencies, ApiSettings settings)
    : api_{dependencies, settings, Origins(settings.origins)},
      router_({ServerRoutes(), AccountsRoutes(), InvitationsRoutes(), AdminRoutes(),
               AdminPeopleRoutes(), SessionsRoutes(), UsersRoutes(), ConversationsRoutes(),
               MembersRoutes(), MessagesRoutes(), DocsRoutes(), WebSocketRoutes(), WebRoutes()}),
      stats_(router_.routes()) {}

Task<HttpResponse> ApiService::Handle(net::HttpRequest http) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string request_id = MakeRequestId();
  Request request;
  request.http = std::move(http);
  request.client = api_.origins.ClientOf(request.http);
  Answer answer = co_await Dispatch(&request, request_id);
  Finish(request.http, request_id, begin, answer);
  co_return std::move(answer.response);
}

Task<std::variant<HttpResponse, net::Sender>> ApiService::Admit(net::HttpRequest head) {
  const Result<Target> target = ParseTarget(head.target);
  RouteMatch match;
  if (target.ok()) match = router_.Find(head.method, target->segments);
  // What is refused without its body is refused now.
  if (match.route == nullptr) co_return co_await Handle(std::move(head));
  if (match.route->access == Access::kAnyone) co_return net::Sender::kStranger;
  const auto begin = std::chrono::steady_clock::now();
  const std::string request_id = MakeRequestId();
  Request request;
  request.http = std::move(head);
  request.client = api_.origins.ClientOf(request.http);
  const Status authenticated = co_await Authenticate(&api_, &request);
  if (authenticated.ok()) co_return net::Sender::kKnown;
  Answer answer{Render(AdmitStranger(api_, request, authenticated), request_id), match.index};
  Finish(request.http, request_id, begin, answer);
  co_return std::move(answer.response);
}

Task<std::variant<HttpResponse, net::AcceptWebSocket>> ApiService::Upgrade(net::HttpRequest http,
                                                                           runtime::Shard& shard) {
  return UpgradeOn(std::move(http), &shard);
}

Task<ApiService::UpgradeAnswer> ApiService::UpgradeOn(net::HttpRequest http,
                                                      runtime::Shard* shard) {
  const auto begin = std::chrono::steady_clock::now();
  Result<Target> target = ParseTarget(http.target);
  RouteMatch match;
  if (target.ok()) match = router_.Find("GET", target->segments);
  if (match.route == nullptr || match.route->pattern != kWebSocketPath) {
    co_return co_await Handle(
        std::move(http));  // no WebSocket there: answered as if none was asked for
  }
  const std::string request_id = MakeRequestId();
  Request request;
  request.http = std::move(http);
  request.client = api_.origins.ClientOf(request.http);
  request.query = std::move(target->query);
  Result<std::unique_ptr<gateway::SessionHandler>> accepted =
      co_await AcceptSession(&api_, &request, shard);
  Answer answer{{101, {}, {}}, match.index};
  if (!accepted.ok()) answer.response = Render(accepted.status(), request_id);
  Finish(request.http, request_id, begin, answer);
  if (!accepted.ok()) co_return std::move(answer.response);
  co_return net::AcceptWebSocket{
      std::string(kWebSocketProtocol),
      LogWebSocket(*std::move(accepted), *api_.to.log,
                   {.request_id = request_id, .network = ClientNetwork(request.client)}),
      {{"X-Request-Id", request_id}}};
}

HttpResponse ApiService::Refuse(int status, std::string_view detail) {
  Answer answer{Problem(status, detail), std::nullopt};
  Finish({}, MakeRequestId(), std::chrono::steady_clock::now(), answer);
  return std::move(answer.response);
}

Task<ApiService::Answer> ApiService::Dispatch(Request* request, std::string request_id) {
  Result<Target> target = ParseTarget(request->http.target);
  RouteMatch match;
  if (target.ok()) match = router_.Find(request->http.method, target->segments);
  if (match.route == nullptr) {
    const Status admitted = AdmitAddress(api_, *request, limits::Action::kAnonymous);
    if (!admitted.ok()) co_return Answer{Problem(admitted), std::nullopt};
  }
  if (!target.ok()) co_return Answer{Problem(target.status()), std::nullopt};
  if (match.allow.empty()) {
    co_return Answer{Problem(NotFound("there is nothing at this address")), std::nullopt};
  }
  if (request->http.method == "OPTIONS") {
    co_return Answer{AnswerOptions(request->http, match), std::nullopt};
  }
  if (match.route == nullptr) {
    HttpResponse refusal = Problem(405, fmt::format("this address knows {}", match.allow));
    refusal.headers.emplace_back("Allow", match.allow);
    co_return Answer{std::move(refusal), std::nullopt};
  }
  request->query = std::move(target->query);
  request->parameters = std::move(match.parameters);
  Result<HttpResponse> result = co_await Run(match.route, request);
  co_return Answer{Render(std::move(result), request_id), match.index};
}

Task<Result<HttpResponse>> ApiService::Run(const Route* route, Request* request) const {
  if (route->access != Access::kAnyone) {
    const Status authenticated = co_await Authenticate(&api_, request);
    if (!authenticated.ok()) co_return AdmitStranger(api_, *request, authenticated);
    PARLEY_CO_TRY(AdmitCaller(api_, *request, limits::Action::kRequest));
    if (route->access == Access::kAdmin) {
      PARLEY_CO_TRY(co_await api_.to.administration->Require(request->caller.user));
    }
  } else {
    PARLEY_CO_TRY(AdmitAddress(api_, *request, limits::Action::kAnonymous));
  }
  if (route->body == Body::kJson && !IsJson(request->http.Header("content-type"))) {
    co_return Problem(415, "send the body as Content-Type: application/json");
  }
  co_return co_await route->handler(&api_, request);
}

HttpResponse ApiService::AnswerOptions(const net::HttpRequest& request,
                                       const RouteMatch& match) const {
  HttpResponse response = NoContent();
  response.headers.emplace_back("Allow", match.allow);
  if (api_.origins.CorsOrigin(request)) {
    response.headers.emplace_back("Access-Control-Allow-Methods", match.allow);
    response.headers.emplace_back("Access-Control-Allow-Headers",
                                  "Authorization, Content-Type, X-Parley-CSRF");
    response.headers.emplace_back("Access-Control-Max-Age", kPreflightMaxAge);
  }
  return response;
}

HttpResponse ApiService::Render(Result<HttpResponse> result, std::string_view request_id) const {
  if (result.ok()) return *std::move(result);
  const Status status = result.status();
  const int http_status = wire::ErrorCodeOf(status.code()).http_status;
  if (http_status >= 500) {
    api_.to.log->Log(http_status == 503 ? LogLevel::kWarning : LogLevel::kError, "a request failed",
                     {{"request_id", request_id}, {"error", status.ToString()}});
  }
  return Problem(status);
}

void ApiService::Finish(const net::HttpRequest& request, std::string_view request_id,
                        std::chrono::steady_clock::time_point begin, Answer& answer) {
  HttpResponse& response = answer.response;
  response.headers.emplace_back("X-Request-Id", request_id);
  if (!HasHeader(response, "Cache-Control")) {
    response.headers.emplace_back("Cache-Control", "no-store");
  }
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (api_.origins.HasCors()) response.headers.emplace_back("Vary", "Origin");
  if (std::optional<std::string> origin = api_.origins.CorsOrigin(request)) {
    response.headers.emplace_back("Access-Control-Allow-Origin", *std::move(origin));
    response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
    response.headers.emplace_back("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
  }

  const auto duration = std::chrono::steady_clock::now() - begin;
  stats_.Count(answer.route, response.status, duration);
  if (response.status >= 400) api_.to.errors->Count(wire::CodeOfHttpStatus(response.status));
  const bool slow = duration > kSlow;
  if (!slow && !api_.to.log->Enabled(LogLevel::kDebug)) return;
  const std::string_view route =
      answer.route ? router_.routes()[*answer.route].pattern : std::string_view("other");
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  // Not what was asked for by a method that is none, nor the target: both are the client's to
  // choose.
  const std::string_view method = answer.route ? std::string_view(request.method) : "other";
  api_.to.log->Log(slow ? LogLevel::kWarning : LogLevel::kDebug,
                   slow ? "a request was slow" : "answered a request",
                   {{"request_id", request_id},
                    {"method", method},
                    {"route", route},
                    {"status", response.status},
                    {"micros", micros}});
}

std::string ApiService::MakeRequestId() const {
  return Uuid::Version7(api_.to.clock->Now(), *api_.to.random).ToString();
}

}  // namespace parley::http
