#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace parley::net {

/// Counts the open connections of each address, so that none takes the places of all others. IPv6
/// addresses count by their /64: that is what one customer gets, with 2^64 addresses to come from.
///
/// Holds an entry for each address with an open connection, so at most max_connections. Any thread.
class AddressCounts {
 public:
  using Address = boost::asio::ip::address;
  /// What is counted as one. The default is nobody's.
  using Key = std::array<unsigned char, 16>;

  /// `most`: connections per address; 0 counts nothing and lets all in. `exempt`: addresses or
  /// networks ("10.0.0.0/8") that are not counted; what is neither is ignored.
  AddressCounts(std::size_t most, const std::vector<std::string>& exempt);

  /// Whether one more may come. True must be followed by Leave(KeyOf(address)) once.
  bool Enter(const Address& address);
  void Leave(const Key& key);

  /// The /64 of an IPv6 address, an IPv4 address also in its mapped form; the default for exempt
  /// ones, which Leave takes for nothing.
  Key KeyOf(const Address& address) const;

  /// Addresses with an open connection.
  std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  bool IsExempt(const Address& address) const;

  const std::size_t most_;
  std::vector<boost::asio::ip::network_v4> exempt_v4_;
  std::vector<boost::asio::ip::network_v6> exempt_v6_;
  mutable std::mutex mutex_;
  std::unordered_map<Key, std::size_t, Hash> counts_;  // guarded by mutex_
};

}  // namespace parley::net
