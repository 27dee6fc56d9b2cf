#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/admission.h"
#include "http/api.h"
#include "http/paging.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/session_end.h"
#include "http/sign_in.h"
#include "wire/encode.h"
#include "wire/requests.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Task<Result<HttpResponse>> SignIn(const Api* api, Request* request) {
  PARLEY_CO_TRY(AdmitAddress(*api, *request, limits::Action::kSignIn));
  PARLEY_CO_ASSIGN(wire::LoginRequest body,
                   wire::ParseLogin(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(CheckDelivery(*api, *request, body.delivery));
  auth::Credentials credentials{std::move(body.username), std::move(body.password),
                                std::move(body.device_name), request->client};
  PARLEY_CO_ASSIGN(const auth::SignedIn signed_in,
                   co_await api->to.accounts->Login(std::move(credentials)));
  PublishSessionsEnded(*api->to.bus, signed_in.user.id, signed_in.ended);
  co_return SignInAnswer(*api, *request, signed_in, body.delivery);
}

/// Takes the page out of all sessions and answers where the next one begins. The cursor is the id
/// of the last session shown: ids sort by the time of their making (UUIDv7), as the list does.
Result<std::optional<std::string>> TakePage(std::vector<Session>& sessions,
                                            const chat::Page& page) {
  if (page.cursor) {
    const std::optional<SessionId> shown = SessionId::Parse(*page.cursor);
    if (!shown) return InvalidField("cursor", "is not one of ours");
    std::erase_if(sessions, [&](const Session& session) { return session.id <= *shown; });
  }
  if (sessions.size() <= page.limit) return std::optional<std::string>();
  sessions.resize(page.limit);
  return std::optional(sessions.back().id.ToString());
}

Task<Result<HttpResponse>> ListSessions(const Api* api, Request* request) {
  const auth::Caller caller = request->caller;
  PARLEY_CO_ASSIGN(const chat::Page page, ReadPage(request->query));
  PARLEY_CO_ASSIGN(std::vector<Session> sessions,
                   co_await api->to.accounts->ListSessions(caller.user));
  PARLEY_CO_ASSIGN(const std::optional<std::string> next, TakePage(sessions, page));
  co_return Json(
      200, wire::EncodeList(sessions, next, [&](wire::JsonWriter& json, const Session& session) {
        wire::WriteSession(json, session, caller.session);
      }));
}

Task<Result<HttpResponse>> EndSession(const Api* api, Request* request, SessionId session) {
  const auth::Caller caller = request->caller;
  PARLEY_CO_ASSIGN(std::vector<SessionId> ended,
                   co_await api->to.accounts->SignOut(caller.user, session));
  PublishSessionsEnded(*api->to.bus, caller.user, std::move(ended));
  HttpResponse response = NoContent();
  if (session == caller.session) ClearCookie(*api, *request, response);
  co_return response;
}

Task<Result<HttpResponse>> EndCurrentSession(const Api* api, Request* request) {
  co_return co_await EndSession(api, request, request->caller.session);
}

Task<Result<HttpResponse>> EndOneSession(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const SessionId session, PathId<SessionId>(*request, 0, "no such session"));
  co_return co_await EndSession(api, request, session);
}

Task<Result<HttpResponse>> EndOtherSessions(const Api* api, Request* request) {
  const auth::Caller caller = request->caller;
  PARLEY_CO_ASSIGN(std::vector<SessionId> ended, co_await api->to.accounts->SignOutOthers(caller));
  PublishSessionsEnded(*api->to.bus, caller.user, std::move(ended));
  co_return NoContent();
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/sessions", Access::kAnyone, Body::kJson, SignIn},
    {"GET", "/v1/sessions", Access::kSignedIn, Body::kNone, ListSessions},
    {"DELETE", "/v1/sessions", Access::kSignedIn, Body::kNone, EndOtherSessions},
    {"DELETE", "/v1/sessions/current", Access::kSignedIn, Body::kNone, EndCurrentSession},
    {"DELETE", "/v1/sessions/{id}", Access::kSignedIn, Body::kNone, EndOneSession},
};

}  // namespace

std::span<const Route> SessionsRoutes() { return kRoutes; }

}  // namespace parley::http
