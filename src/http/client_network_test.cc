#include "http/client_network.h"

#include <gtest/gtest.h>

namespace parley::http {
namespace {

TEST(ClientNetwork, KeepsTheNetworkAlone) {
  EXPECT_EQ(ClientNetwork("192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(ClientNetwork("::ffff:192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(ClientNetwork("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(ClientNetwork("fe80::1%eth0"), "fe80::/48");
  EXPECT_EQ(ClientNetwork("::1"), "::/48");
}

TEST(ClientNetwork, AnythingElse_IsUnknown) {
  EXPECT_EQ(ClientNetwork(""), "unknown");
  EXPECT_EQ(ClientNetwork("ann@example.org"), "unknown");
  EXPECT_EQ(ClientNetwork("192.0.2"), "unknown");
}

}  // namespace
}  // namespace parley::http
