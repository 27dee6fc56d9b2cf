#pragma once

#include <string>
#include <vector>

#include "bus/nats/nats_link.h"

namespace parley::bus {

/// How to reach the real servers that the contract test runs against, as the environment says:
/// PARLEY_NATS (addresses, with commas between), PARLEY_NATS_USER, _PASSWORD and _CA. Fails the
/// test where there are none.
NatsLinkOptions RealNats();

/// Scheme, host and port of "nats://host:port".
struct NatsAddress {
  std::string scheme;
  std::string host;
  std::string port;
};
NatsAddress ParseAddress(const std::string& url);

}  // namespace parley::bus
