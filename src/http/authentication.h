#pragma once

#include <string>

#include "base/result.h"
#include "http/api.h"
#include "http/router.h"
#include "runtime/task.h"

namespace parley::http {

/// What a request shows for itself.
struct Credential {
  CredentialKind kind = CredentialKind::kNone;
  std::string token;
};

/// The token of the Authorization header, or else of the cookie: the header wins. An Authorization
/// that is no bearer token is one that is wrong.
Credential FindCredential(const net::HttpRequest& request);

/// Refuses what a page of another site could have made a browser send: a state-changing request
/// that rests on the cookie needs `X-Parley-CSRF: 1`, which no page can set across origins unasked,
/// and an Origin of ours. kPermissionDenied.
Status CheckForgery(const Api& api, const net::HttpRequest& request, CredentialKind kind);

/// Fills credential and caller of the request. kUnauthenticated without a token that is good;
/// kPermissionDenied for a forged request.
runtime::Task<Status> Authenticate(const Api* api, Request* request);

}  // namespace parley::http
