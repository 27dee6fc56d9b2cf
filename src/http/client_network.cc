#include "http/client_network.h"

#include <algorithm>
#include <array>
#include <arpa/inet.h>

namespace parley::http {
namespace {

constexpr std::size_t kIpv4Kept = 3;  // bytes
constexpr std::size_t kIpv6Kept = 6;

}  // namespace

std::string ClientNetwork(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";  // an IPv4 address on an IPv6 socket
  if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos) {
    address.remove_prefix(kMapped.size());
  }
  const std::string text(address.substr(0, address.find('%')));  // without a scope
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    bytes[kIpv4Kept] = 0;
    return std::string(::inet_ntop(AF_INET, bytes.data(), shown.data(), shown.size())) + "/24";
  }
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    std::fill(bytes.begin() + kIpv6Kept, bytes.end(), 0);
    return std::string(::inet_ntop(AF_INET6, bytes.data(), shown.data(), shown.size())) + "/48";
  }
  return "unknown";
}

}  // namespace parley::http
