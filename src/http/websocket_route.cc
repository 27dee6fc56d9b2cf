#include "http/websocket_route.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "http/admission.h"
#include "http/authentication.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/text.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

bool OffersProtocol(const net::HttpRequest& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) {
    if (!EqualsIgnoreCase(header.first, "sec-websocket-protocol")) return false;
    const auto offered = SplitList(header.second);
    return std::ranges::find(offered, kWebSocketProtocol) != offered.end();
  });
}

Result<gateway::Start> ReadStart(const Query& query) {
  PARLEY_ASSIGN(const std::optional<std::string> resume, query.Find("resume"));
  if (!resume || *resume == "0") return gateway::Start::kLive;
  if (*resume == "1") return gateway::Start::kResume;
  return InvalidField("resume", "1, or left out");
}

Task<Result<std::optional<auth::Caller>>> FindCaller(const Api* api, Request* request) {
  Credential credential = FindCredential(request->http);
  request->credential = credential.kind;
  if (credential.kind == CredentialKind::kNone) co_return std::optional<auth::Caller>();
  if (credential.kind == CredentialKind::kCookie) {
    PARLEY_CO_TRY(api->origins.CheckOrigin(request->http));
  }
  const runtime::Semaphore::Place place = co_await runtime::Enter(api->to.sign_ins);
  const Result<auth::Caller> caller =
      co_await api->to.accounts->Authenticate(std::move(credential.token));
  if (!caller.ok()) co_return AdmitStranger(*api, *request, caller.status());
  co_return std::optional<auth::Caller>(*caller);
}

Task<Result<HttpResponse>> RefusePlain(const Api* /*api*/, Request* /*request*/) {
  HttpResponse response = Problem(426, "this is a WebSocket: ask for an upgrade");
  response.headers.emplace_back("Upgrade", "websocket");
  co_return response;
}

constexpr Route kRoutes[] = {
    {"GET", kWebSocketPath, Access::kAnyone, Body::kNone, RefusePlain},
};

}  // namespace

std::span<const Route> WebSocketRoutes() { return kRoutes; }

Task<Result<std::unique_ptr<gateway::SessionHandler>>> AcceptSession(const Api* api,
                                                                     Request* request,
                                                                     runtime::Shard* shard) {
  PARLEY_CO_TRY(AdmitAddress(*api, *request, limits::Action::kWebSocket));
  if (!OffersProtocol(request->http)) {
    co_return Malformed("offer the WebSocket subprotocol parley.v1");
  }
  PARLEY_CO_ASSIGN(const gateway::Start start, ReadStart(request->query));
  PARLEY_CO_ASSIGN(const std::optional<auth::Caller> caller, co_await FindCaller(api, request));
  if (caller) request->caller = *caller;
  co_return api->to.sessions->Make(*shard, caller, start, request->client);
}

}  // namespace parley::http
