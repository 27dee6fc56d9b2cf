#include "limits/client_address.h"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

namespace parley::limits {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kNetworkBytes = 8;

}  // namespace

std::optional<ClientAddress> ClientAddress::Parse(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(text, error);
  if (error) return std::nullopt;
  ClientAddress client;
  if (address.is_v4()) {
    const auto bytes = ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
    std::ranges::copy(bytes, client.bytes_.begin());
    return client;
  }
  const auto bytes = address.to_v6().to_bytes();
  const bool mapped = address.to_v6().is_v4_mapped();
  std::copy_n(bytes.begin(), mapped ? bytes.size() : kNetworkBytes, client.bytes_.begin());
  return client;
}

}  // namespace parley::limits
