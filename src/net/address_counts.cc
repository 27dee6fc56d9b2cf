#include "net/address_counts.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace parley::net {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kPrefixBytes = 8;

ip::address Unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

template <class Network, class Address>
bool Contains(const Network& network, const Address& address) {
  return Network(address, network.prefix_length()).canonical() == network.canonical();
}

}  // namespace

AddressCounts::AddressCounts(std::size_t most, const std::vector<std::string>& exempt)
    : most_(most) {
  for (const std::string& text : exempt) {
    boost::system::error_code error;
    if (const ip::network_v4 v4 = ip::make_network_v4(text, error); !error) {
      exempt_v4_.push_back(v4);
    } else if (const ip::network_v6 v6 = ip::make_network_v6(text, error); !error) {
      exempt_v6_.push_back(v6);
    } else if (const ip::address one = ip::make_address(text, error); !error) {
      if (one.is_v4()) exempt_v4_.emplace_back(one.to_v4(), 32);
      if (one.is_v6()) exempt_v6_.emplace_back(one.to_v6(), 128);
    }
  }
}

bool AddressCounts::IsExempt(const Address& address) const {
  if (most_ == 0) return true;
  return address.is_v4() ? std::ranges::any_of(exempt_v4_,
                                               [&](const ip::network_v4& network) {
                                                 return Contains(network, address.to_v4());
                                               })
                         : std::ranges::any_of(exempt_v6_, [&](const ip::network_v6& network) {
                             return Contains(network, address.to_v6());
                           });
}

AddressCounts::Key AddressCounts::KeyOf(const Address& address) const {
  const Address plain = Unmapped(address);
  Key key{};
  if (IsExempt(plain)) return key;
  if (plain.is_v4()) {
    // In its mapped form, which no /64 of IPv6 shares.
    key = ip::make_address_v6(ip::v4_mapped, plain.to_v4()).to_bytes();
  } else {
    const auto bytes = plain.to_v6().to_bytes();
    std::copy_n(bytes.begin(), kPrefixBytes, key.begin());
    key.back() = 1;  // "::1" itself has a prefix of zeros: it must not be nobody
  }
  return key;
}

bool AddressCounts::Enter(const Address& address) {
  const Key key = KeyOf(address);
  if (key == Key{}) return true;
  const std::lock_guard lock(mutex_);
  std::size_t& count = counts_[key];
  if (count >= most_) return false;
  ++count;
  return true;
}

void AddressCounts::Leave(const Key& key) {
  if (key == Key{}) return;
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(key);
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

std::size_t AddressCounts::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

std::size_t AddressCounts::Hash::operator()(const Key& key) const {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(key.data()), key.size()});
}

}  // namespace parley::net
