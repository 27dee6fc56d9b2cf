#include <utility>

#include "http/admission.h"
#include "http/api.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/sign_in.h"
#include "wire/encode.h"
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
  co_return SignInAnswer(*api, *request, signed_in, body.delivery);
}

Task<Result<HttpResponse>> ClaimAdmin(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(wire::ClaimAdminRequest body,
                   wire::ParseClaimAdmin(request->http.body, api->settings.limits.Get()));
  Result<User> user =
      co_await api->to.accounts->ClaimAdmin(request->caller.user, std::move(body.token));
  if (user.status().code() == StatusCode::kPermissionDenied) {
    co_return NotFound("this administrator link is not valid, or was used before");
  }
  if (!user.ok()) co_return user.status();
  co_return Json(200, wire::EncodeUser(*user, wire::UserDetail::kSelf));
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/accounts", Access::kAnyone, Body::kJson, Register},
    {"POST", "/v1/admin/claim", Access::kSignedIn, Body::kJson, ClaimAdmin},
};

}  // namespace

std::span<const Route> AccountsRoutes() { return kRoutes; }

}  // namespace parley::http
