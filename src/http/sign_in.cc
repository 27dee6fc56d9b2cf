#include "http/sign_in.h"

#include <optional>
#include <string>

#include "http/cookies.h"
#include "http/responses.h"
#include "wire/admin_encode.h"
#include "wire/encode.h"

namespace parley::http {
namespace {

using Encode = std::string (*)(const User&, const Session&, const std::optional<std::string>&);

net::HttpResponse Deliver(const Api& api, const Request& request, const auth::SignedIn& signed_in,
                          wire::TokenDelivery delivery, Encode encode) {
  const bool by_cookie = delivery == wire::TokenDelivery::kCookie;
  const std::optional<std::string> token =
      by_cookie ? std::nullopt : std::optional<std::string>(signed_in.token);
  net::HttpResponse response = Json(201, encode(signed_in.user, signed_in.session, token));
  if (by_cookie) {
    const CookieSecurity security = api.origins.SecurityOf(request.http);
    response.headers.emplace_back("Set-Cookie", SessionCookie(signed_in.token, security));
  }
  return response;
}

}  // namespace

Status CheckDelivery(const Api& api, const Request& request, wire::TokenDelivery delivery) {
  return delivery == wire::TokenDelivery::kCookie ? api.origins.CheckOrigin(request.http)
                                                  : Status::Ok();
}

net::HttpResponse RegisteredAnswer(const Api& api, const Request& request,
                                   const auth::SignedIn& signed_in, wire::TokenDelivery delivery) {
  return Deliver(api, request, signed_in, delivery, wire::EncodeRegistered);
}

net::HttpResponse SignInAnswer(const Api& api, const Request& request,
                               const auth::SignedIn& signed_in, wire::TokenDelivery delivery) {
  return Deliver(api, request, signed_in, delivery, wire::EncodeSignIn);
}

void ClearCookie(const Api& api, const Request& request, net::HttpResponse& response) {
  if (request.credential != CredentialKind::kCookie) return;
  response.headers.emplace_back("Set-Cookie",
                                NoSessionCookie(api.origins.SecurityOf(request.http)));
}

}  // namespace parley::http
