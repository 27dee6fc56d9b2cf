#pragma once

#include "auth/accounts.h"
#include "http/api.h"
#include "net/http.h"
#include "wire/requests.h"

namespace parley::http {

/// A session by cookie is only given to a page that may use it: checked before anything is done.
/// kPermissionDenied.
Status CheckDelivery(const Api& api, const Request& request, wire::TokenDelivery delivery);

/// 201 {user, token, session, invited_by} for who has a new account; the token in a cookie instead
/// where that was asked for.
net::HttpResponse RegisteredAnswer(const Api& api, const Request& request,
                                   const auth::SignedIn& signed_in, wire::TokenDelivery delivery);

/// The same for who has signed in, without invited_by.
net::HttpResponse SignInAnswer(const Api& api, const Request& request,
                               const auth::SignedIn& signed_in, wire::TokenDelivery delivery);

/// Takes the browser's cookie away if the request came with it.
void ClearCookie(const Api& api, const Request& request, net::HttpResponse& response);

}  // namespace parley::http
