#pragma once

#include <string>
#include <string_view>

namespace parley::http {

/// What the log may hold of an address: the network that it is in. "192.0.2.77" is "192.0.2.0/24",
/// "2001:db8:1:2::3" is "2001:db8:1::/48"; anything else is "unknown".
std::string ClientNetwork(std::string_view address);

}  // namespace parley::http
