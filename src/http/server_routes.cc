#include <string>
#include <vector>

#include "http/api.h"
#include "http/responses.h"
#include "http/routes.h"
#include "wire/encode.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Task<Result<HttpResponse>> GetServer(const Api* api, Request* /*request*/) {
  PARLEY_CO_ASSIGN(const RegistrationMode registration, co_await api->to.sign_up->Mode());
  wire::ServerInfo info;
  info.name = api->settings.name;
  info.version = PARLEY_VERSION;
  info.features = api->settings.features;
  info.limits = api->settings.limits.Get();
  info.registration = RegistrationModeName(registration);
  co_return Json(200, wire::EncodeServerInfo(info));
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/server", Access::kAnyone, Body::kNone, GetServer},
};

}  // namespace

std::span<const Route> ServerRoutes() { return kRoutes; }

}  // namespace parley::http
