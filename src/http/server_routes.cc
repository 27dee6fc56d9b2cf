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

std::string_view RegistrationName(auth::RegistrationMode mode) {
  switch (mode) {
    case auth::RegistrationMode::kOpen:
      return "open";
    case auth::RegistrationMode::kInvitation:
      return "invitation";
    case auth::RegistrationMode::kClosed:
      return "closed";
  }
  return "closed";
}

Task<Result<HttpResponse>> GetServer(const Api* api, Request* /*request*/) {
  wire::ServerInfo info;
  info.name = api->settings.name;
  info.version = PARLEY_VERSION;
  info.features = api->settings.features;
  info.limits = api->settings.limits;
  info.registration = RegistrationName(api->settings.registration);
  co_return Json(200, wire::EncodeServerInfo(info));
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/server", Access::kAnyone, Body::kNone, GetServer},
};

}  // namespace

std::span<const Route> ServerRoutes() { return kRoutes; }

}  // namespace parley::http
