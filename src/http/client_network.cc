#include "http/client_network.h"

#include <algorithm>

#include <boost/asio/ip/address_v6.hpp>

namespace parley::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kIpv4Kept = 15;  // bytes, of an IPv4 address that is mapped into IPv6
constexpr std::size_t kIpv6Kept = 6;

}  // namespace

std::string ClientNetwork(const limits::ClientAddress& client) {
  if (client == limits::ClientAddress()) return "unknown";
  limits::ClientAddress::Bytes bytes = client.bytes();
  const bool ipv4 = ip::address_v6(bytes).is_v4_mapped();
  std::fill(bytes.begin() + (ipv4 ? kIpv4Kept : kIpv6Kept), bytes.end(), std::uint8_t{0});
  const ip::address_v6 network(bytes);
  if (!ipv4) return network.to_string() + "/48";
  return ip::make_address_v4(ip::v4_mapped, network).to_string() + "/24";
}

}  // namespace parley::http
