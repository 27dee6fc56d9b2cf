#include "bench/protocols/protocol.h"

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(ProtocolTest, ParseEndpoint_TheSchemeTellsTheProtocol) {
  const Result<Endpoint> nats = ParseEndpoint("nats://127.0.0.1:4222");
  ASSERT_TRUE(nats.ok());
  EXPECT_EQ(nats->protocol, Protocol::kNats);
  EXPECT_EQ(nats->url.host, "127.0.0.1");
  EXPECT_EQ(nats->url.port, "4222");
  EXPECT_EQ(ParseEndpoint("relay://localhost:1")->protocol, Protocol::kRelay);
  EXPECT_EQ(ParseEndpoint("durable-relay://localhost:1")->protocol, Protocol::kDurableRelay);
  EXPECT_EQ(ParseEndpoint("xmpp://localhost:1")->protocol, Protocol::kXmpp);
  EXPECT_EQ(ParseEndpoint("http://127.0.0.1:8080")->protocol, Protocol::kParley);
}

TEST(ProtocolTest, ParseEndpoint_UnknownScheme_IsRefused) {
  EXPECT_FALSE(ParseEndpoint("irc://127.0.0.1:6667").ok());
  EXPECT_FALSE(ParseEndpoint("nats://:4222").ok());
}

TEST(ProtocolTest, ProtocolOf_Spawned_IsParley) {
  EXPECT_EQ(ProtocolOf(Options()), Protocol::kParley);
}

}  // namespace
}  // namespace parley::bench
