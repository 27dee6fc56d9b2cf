#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::limits {

/// Where a request comes from, as far as limits tell addresses apart: an IPv4 address, or the /64
/// of an IPv6 address, which is what one customer gets. The default stands for all that is unknown.
class ClientAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  ClientAddress() = default;

  /// "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1" (the same as the first); else nothing.
  static std::optional<ClientAddress> Parse(std::string_view text);

  const Bytes& bytes() const { return bytes_; }
  bool operator==(const ClientAddress&) const = default;

 private:
  Bytes bytes_{};
};

}  // namespace parley::limits
