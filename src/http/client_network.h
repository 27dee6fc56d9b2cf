#pragma once

#include <string>

#include "limits/client_address.h"

namespace parley::http {

/// What the log may hold of an address: the network that it is in, 192.0.2.0/24 or 2001:db8:1::/48;
/// "unknown" for the default.
std::string ClientNetwork(const limits::ClientAddress& client);

}  // namespace parley::http
