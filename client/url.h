#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::client {

/// Where a server is: http or https, host and port, and nothing behind them.
struct ServerUrl {
  bool tls = false;
  std::string host;  ///< without the brackets of an IPv6 address
  std::string port;

  /// "https://chat.example:8443"; the port is left out where it is the usual one.
  std::string ToString() const;
  /// For the Host header: as in the URL.
  std::string Authority() const;
};

/// Accepts http:// and https:// with host and optional port; a slash at the end does no harm.
/// Without a scheme: http.
Result<ServerUrl> ParseServerUrl(std::string_view text);

}  // namespace parley::client
