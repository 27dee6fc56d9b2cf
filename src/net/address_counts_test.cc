#include "net/address_counts.h"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

AddressCounts::Address At(const char* text) { return boost::asio::ip::make_address(text); }

TEST(AddressCountsTest, Enter_UpToTheMost_AndAgainWhenOneLeft) {
  AddressCounts counts(2, {});
  EXPECT_TRUE(counts.Enter(At("192.0.2.1")));
  EXPECT_TRUE(counts.Enter(At("::ffff:192.0.2.1")));
  EXPECT_FALSE(counts.Enter(At("192.0.2.1")));
  EXPECT_TRUE(counts.Enter(At("192.0.2.2")));
  counts.Leave(counts.KeyOf(At("192.0.2.1")));
  EXPECT_TRUE(counts.Enter(At("192.0.2.1")));
}

TEST(AddressCountsTest, Enter_Ipv6_CountsByPrefix) {
  AddressCounts counts(1, {});
  EXPECT_TRUE(counts.Enter(At("2001:db8:0:1::1")));
  EXPECT_FALSE(counts.Enter(At("2001:db8:0:1:ffff::2")));
  EXPECT_TRUE(counts.Enter(At("2001:db8:0:2::1")));
  EXPECT_TRUE(counts.Enter(At("::1")));
  EXPECT_FALSE(counts.Enter(At("::1")));
}

TEST(AddressCountsTest, Enter_ExemptNetworks_AreNotCounted) {
  AddressCounts counts(1, {"10.0.0.0/8", "192.0.2.7", "fd00::/8"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(counts.Enter(At("10.1.2.3")));
    EXPECT_TRUE(counts.Enter(At("::ffff:10.1.2.3")));
    EXPECT_TRUE(counts.Enter(At("192.0.2.7")));
    EXPECT_TRUE(counts.Enter(At("fd12::1")));
  }
  EXPECT_EQ(counts.size(), 0U);
  EXPECT_TRUE(counts.Enter(At("192.0.2.8")));
  EXPECT_FALSE(counts.Enter(At("192.0.2.8")));
}

TEST(AddressCountsTest, Enter_MostZero_LetsAllIn) {
  AddressCounts counts(0, {});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(counts.Enter(At("192.0.2.1")));
  EXPECT_EQ(counts.size(), 0U);
}

TEST(AddressCountsTest, Leave_TheLastOne_FreesTheEntry) {
  AddressCounts counts(5, {});
  EXPECT_TRUE(counts.Enter(At("192.0.2.1")));
  EXPECT_TRUE(counts.Enter(At("192.0.2.1")));
  counts.Leave(counts.KeyOf(At("192.0.2.1")));
  EXPECT_EQ(counts.size(), 1U);
  counts.Leave(counts.KeyOf(At("192.0.2.1")));
  EXPECT_EQ(counts.size(), 0U);
}

}  // namespace
}  // namespace parley::net
