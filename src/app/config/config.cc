#include "app/config/config.h"

#include <fmt/core.h>

namespace parley::app {

std::string HostPort::ToString() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

net::ServerOptions Config::PublicServer() const {
  net::ServerOptions options = server.options;
  options.host = listen.host;
  options.port = listen.port;
  options.body_bytes = limits.body_bytes;
  options.frame_bytes = limits.frame_bytes;
  options.uncounted_addresses = server.trusted_proxies;
  if (!limits_enabled) options.max_connections_per_address = 0;
  return options;
}

net::ServerOptions Config::OpsServer() const {
  net::ServerOptions options;
  options.host = ops_listen.host;
  options.port = ops_listen.port;
  options.max_connections = 100;  // probes and scrapers
  options.max_connections_per_address = 0;
  return options;
}

}  // namespace parley::app
