#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "base/status.h"
#include "http/cookies.h"
#include "limits/client_address.h"
#include "net/http.h"

namespace parley::http {

/// What the configuration says of where requests come from (section [server]), in valid form.
struct OriginSettings {
  std::string public_url;                    ///< empty: unknown
  std::vector<std::string> trusted_proxies;  ///< addresses or networks ("10.0.0.0/8")
  std::vector<std::string> allowed_origins;  ///< "https://chat.example"
};

/// Decides which pages may use a browser's cookie, and which may read our answers. Immutable; any
/// thread.
class Origins {
 public:
  explicit Origins(const OriginSettings& settings);

  /// kPermissionDenied unless the request has one `Origin` that is the server itself (by the
  /// request's Host, or by public_url) or one of allowed_origins. This is what stands against
  /// forged requests from other sites.
  Status CheckOrigin(const net::HttpRequest& request) const;

  /// The request's Origin if it is one of allowed_origins (CORS), else nothing.
  std::optional<std::string> CorsOrigin(const net::HttpRequest& request) const;
  bool HasCors() const { return !allowed_.empty(); }

  /// Where people reach the server, for links: "https://chat.example". public_url, or without it
  /// where the request went.
  std::string BaseUrl(const net::HttpRequest& request) const;

  /// Https only where the request came by https, as far as can be known: by this connection, by the
  /// word of a trusted proxy, or by public_url.
  CookieSecurity SecurityOf(const net::HttpRequest& request) const;

  /// Where the request comes from: the peer of the connection, or where that is a trusted proxy,
  /// the last address in X-Forwarded-For that is none (what stands before it, the client may have
  /// invented). Where that cannot be read: the peer. If all are proxies: the first.
  limits::ClientAddress ClientOf(const net::HttpRequest& request) const;

 private:
  bool CameByHttps(const net::HttpRequest& request) const;
  bool IsTrustedProxy(std::string_view address) const;

  std::optional<std::string> public_origin_;
  std::vector<std::string> allowed_;
  std::vector<boost::asio::ip::network_v4> proxies_v4_;
  std::vector<boost::asio::ip::network_v6> proxies_v6_;
};

/// "https://Chat.Example:443/x" -> "https://chat.example": scheme, host and port alone, in lower
/// case, without the scheme's own port.
std::string NormalizeOrigin(std::string_view url);

}  // namespace parley::http
