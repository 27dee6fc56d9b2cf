#include <utility>
#include <vector>

#include "http/admission.h"
#include "http/api.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/session_end.h"
#include "http/sign_in.h"
#include "wire/admin_requests.h"
#include "wire/requests.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Task<Result<HttpResponse>> Register(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(wire::RegisterRequest body,
                   wire::ParseRegister(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(CheckDelivery(*api, *request, body.delivery));
  PARLEY_CO_TRY(AdmitAddress(*api, *request, limits::Action::kAccount));
  auth::Registration registration;
  registration.username = std::move(body.username);
  registration.password = std::move(body.password);
  registration.display_name = std::move(body.display_name);
  registration.email = std::move(body.email);
  registration.invite = std::move(body.invite);
  registration.device_name = std::move(body.device_name);
  registration.address = request->client;
  PARLEY_CO_ASSIGN(const auth::SignedIn signed_in,
                   co_await api->to.accounts->Register(std::move(registration)));
  co_return RegisteredAnswer(*api, *request, signed_in, body.delivery);
}

/// Whoever holds a link tries as often as whoever signs in.
Task<Result<HttpResponse>> ResetPassword(const Api* api, Request* request) {
  PARLEY_CO_TRY(AdmitAddress(*api, *request, limits::Action::kSignIn));
  PARLEY_CO_ASSIGN(wire::PasswordResetBody body,
                   wire::ParsePasswordReset(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_ASSIGN(const storage::AccountChanged changed,
                   co_await api->to.password_resets->Use(
                       std::move(body.token), std::move(body.password), request->client));
  std::vector<SessionId> ended;
  ended.reserve(changed.ended.size());
  for (const Session& session : changed.ended) ended.push_back(session.id);
  PublishSessionsEnded(*api->to.bus, changed.user.id, std::move(ended));
  co_return NoContent();
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/accounts", Access::kAnyone, Body::kJson, Register},
    {"POST", "/v1/password-resets", Access::kAnyone, Body::kJson, ResetPassword},
};

}  // namespace

std::span<const Route> AccountsRoutes() { return kRoutes; }

}  // namespace parley::http
