#include "bus/nats/real_nats.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace parley::bus {
namespace {

std::string FromEnvironment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? std::string() : value;
}

}  // namespace

NatsLinkOptions RealNats() {
  NatsLinkOptions options;
  std::istringstream urls(FromEnvironment("PARLEY_NATS"));
  for (std::string url; std::getline(urls, url, ',');) options.urls.push_back(url);
  if (options.urls.empty()) {
    std::fputs("set PARLEY_NATS to the addresses of real servers: nats://host:port,...\n", stderr);
    std::_Exit(EXIT_FAILURE);  // no test of this program can pass
  }
  options.name = "contract test";
  options.user = FromEnvironment("PARLEY_NATS_USER");
  options.password = FromEnvironment("PARLEY_NATS_PASSWORD");
  options.ca_file = FromEnvironment("PARLEY_NATS_CA");
  return options;
}

NatsAddress ParseAddress(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  const std::size_t port = url.rfind(':') + 1;
  return {url.substr(0, host), url.substr(host, port - 1 - host), url.substr(port)};
}

}  // namespace parley::bus
