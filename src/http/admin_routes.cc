#include <optional>
#include <string>
#include <utility>

#include "http/api.h"
#include "http/paging.h"
#include "http/responses.h"
#include "http/routes.h"
#include "wire/admin_encode.h"
#include "wire/admin_requests.h"
#include "wire/encode.h"
#include "wire/requests.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Task<Result<HttpResponse>> Claim(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(wire::ClaimAdminRequest body,
                   wire::ParseClaimAdmin(request->http.body, api->settings.limits.Get()));
  Result<User> user =
      co_await api->to.administration->Claim(request->caller.user, std::move(body.token));
  if (user.status().code() == StatusCode::kPermissionDenied) {
    co_return NotFound("this administrator link is not valid, or was used before");
  }
  if (!user.ok()) co_return user.status();
  co_return Json(200, wire::EncodeUser(*user, wire::UserDetail::kSelf));
}

Task<Result<HttpResponse>> GetSettings(const Api* api, Request* /*request*/) {
  PARLEY_CO_ASSIGN(const RegistrationMode mode, co_await api->to.sign_up->Mode());
  co_return Json(200, wire::EncodeAdminSettings(mode));
}

Task<Result<HttpResponse>> UpdateSettings(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const wire::AdminSettingsBody body,
                   wire::ParseAdminSettings(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(
      co_await api->to.administration->SetRegistration(request->caller.user, body.registration));
  co_return Json(200, wire::EncodeAdminSettings(body.registration));
}

Task<Result<HttpResponse>> GetStats(const Api* api, Request* /*request*/) {
  const std::vector<ServerSample> history = api->to.history->Read();
  if (history.empty()) co_return Unavailable("the server has just started: try again");
  co_return Json(200, wire::EncodeStats(history, api->to.history->uptime(), PARLEY_VERSION));
}

Task<Result<HttpResponse>> ListAudit(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const chat::Page page, ReadPage(request->query));
  PARLEY_CO_ASSIGN(const std::optional<AuditId> before, IdCursor<AuditId>(page));
  PARLEY_CO_ASSIGN(const auth::AuditPage found,
                   co_await api->to.administration->ListAudit(before, page.limit));
  co_return Json(200, wire::EncodeList(found.items, TextOf(found.next),
                                       [](wire::JsonWriter& json, const auth::AuditItem& item) {
                                         wire::WriteAuditItem(json, item.entry, item.admin);
                                       }));
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/admin/claim", Access::kSignedIn, Body::kJson, Claim},
    {"GET", "/v1/admin/settings", Access::kAdmin, Body::kNone, GetSettings},
    {"PATCH", "/v1/admin/settings", Access::kAdmin, Body::kJson, UpdateSettings},
    {"GET", "/v1/admin/stats", Access::kAdmin, Body::kNone, GetStats},
    {"GET", "/v1/admin/audit", Access::kAdmin, Body::kNone, ListAudit},
};

}  // namespace

std::span<const Route> AdminRoutes() { return kRoutes; }

}  // namespace parley::http
