#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace parley::http {

inline constexpr std::string_view kSessionCookie = "parley_session";

/// Whether browsers may send a cookie over https only.
enum class CookieSecurity { kAnyScheme, kHttpsOnly };

/// The value of the first cookie of that name (RFC 6265, 5.4), or nothing.
std::optional<std::string> FindCookie(const net::HttpRequest& request, std::string_view name);

/// The value of a Set-Cookie header that gives the browser the session for 90 days: HttpOnly,
/// SameSite=Lax.
std::string SessionCookie(std::string_view token, CookieSecurity security);
/// The one that takes it away again.
std::string NoSessionCookie(CookieSecurity security);

}  // namespace parley::http
