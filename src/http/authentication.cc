#include "http/authentication.h"

#include <utility>

#include "http/cookies.h"
#include "http/text.h"

namespace parley::http {
namespace {

bool IsSafe(std::string_view method) { return method == "GET" || method == "HEAD"; }

}  // namespace

Credential FindCredential(const net::HttpRequest& request) {
  if (const std::size_t count = request.CountHeader("authorization"); count > 0) {
    const auto token = BearerToken(request.Header("authorization"));
    return {CredentialKind::kBearer, count == 1 && token ? std::string(*token) : std::string()};
  }
  if (auto token = FindCookie(request, kSessionCookie)) {
    return {CredentialKind::kCookie, *std::move(token)};
  }
  return {};
}

Status CheckForgery(const Api& api, const net::HttpRequest& request, CredentialKind kind) {
  if (kind != CredentialKind::kCookie || IsSafe(request.method)) return Status::Ok();
  if (request.Header("x-parley-csrf") != "1") {
    return PermissionDenied("a request with a cookie needs the header X-Parley-CSRF: 1");
  }
  return api.origins.CheckOrigin(request);
}

runtime::Task<Status> Authenticate(const Api* api, Request* request) {
  Credential credential = FindCredential(request->http);
  request->credential = credential.kind;
  if (credential.kind == CredentialKind::kNone) {
    co_return Unauthenticated("sign in first: this call needs a token");
  }
  PARLEY_CO_TRY(CheckForgery(*api, request->http, credential.kind));
  PARLEY_CO_ASSIGN(request->caller,
                   co_await api->to.accounts->Authenticate(std::move(credential.token)));
  co_return Status::Ok();
}

}  // namespace parley::http
