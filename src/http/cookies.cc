#include "http/cookies.h"

#include <chrono>

#include <fmt/core.h>

#include "http/text.h"
#include "model/limits.h"

namespace parley::http {
namespace {

std::string Render(std::string_view value, std::chrono::seconds max_age, CookieSecurity security) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", kSessionCookie, value,
                     max_age.count(), security == CookieSecurity::kHttpsOnly ? "; Secure" : "");
}

}  // namespace

std::optional<std::string> FindCookie(const net::HttpRequest& request, std::string_view name) {
  for (const auto& [header, line] : request.headers) {
    if (!EqualsIgnoreCase(header, "cookie")) continue;
    std::string_view rest = line;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      const std::string_view pair = Trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
        return std::string(pair.substr(name.size() + 1));
      }
    }
  }
  return std::nullopt;
}

std::string SessionCookie(std::string_view token, CookieSecurity security) {
  return Render(token, kSessionLifetime, security);
}

std::string NoSessionCookie(CookieSecurity security) {
  return Render("", std::chrono::seconds(0), security);
}

}  // namespace parley::http
