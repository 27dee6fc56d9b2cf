#include "limits/client_address.h"

#include <gtest/gtest.h>

namespace parley::limits {
namespace {

TEST(ClientAddressTest, Ipv4_IsOneAddress) {
  const auto address = ClientAddress::Parse("192.0.2.1");
  ASSERT_TRUE(address);
  EXPECT_NE(address, ClientAddress::Parse("192.0.2.2"));
  EXPECT_EQ(address, ClientAddress::Parse("::ffff:192.0.2.1"));
  EXPECT_NE(address, ClientAddress::Parse("::ffff:192.0.2.2"));
}

TEST(ClientAddressTest, Ipv6_IsItsNetworkOf64Bits) {
  const auto address = ClientAddress::Parse("2001:db8:1:2::1");
  ASSERT_TRUE(address);
  EXPECT_EQ(address, ClientAddress::Parse("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(address, ClientAddress::Parse("2001:db8:1:3::1"));
}

TEST(ClientAddressTest, WhatIsNoAddress_IsNothing) {
  for (const char* text : {"", "unknown", "_hidden", "192.0.2", "192.0.2.1:80", "[::1]",
                           "1.2.3.4.5", "2001:db8::1::2", " 192.0.2.1"}) {
    EXPECT_FALSE(ClientAddress::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace parley::limits
