#include "http/client_network.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace parley::http {
namespace {

std::string NetworkOf(std::string_view address) {
  return ClientNetwork(limits::ClientAddress::Parse(address).value_or(limits::ClientAddress()));
}

TEST(ClientNetwork, KeepsTheNetworkAlone) {
  EXPECT_EQ(NetworkOf("192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(NetworkOf("::ffff:192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(NetworkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(NetworkOf("fe80::1%eth0"), "fe80::/48");
}

TEST(ClientNetwork, AnythingElse_IsUnknown) {
  EXPECT_EQ(NetworkOf(""), "unknown");
  EXPECT_EQ(NetworkOf("ann@example.org"), "unknown");
  EXPECT_EQ(NetworkOf("192.0.2"), "unknown");
}

}  // namespace
}  // namespace parley::http
