#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "net/http.h"

namespace parley::http {

/// `json` with that status.
net::HttpResponse Json(int status, std::string json);
/// 204.
net::HttpResponse NoContent();

/// The one place where a Status becomes an answer: application/problem+json (RFC 9457) with the
/// status and code of wire/error_code.h, Retry-After where waiting helps, WWW-Authenticate where a
/// token is missing.
net::HttpResponse Problem(const Status& status);
/// The same for what only HTTP knows: 405, 415, 431, …
net::HttpResponse Problem(int http_status, std::string_view detail);

}  // namespace parley::http
