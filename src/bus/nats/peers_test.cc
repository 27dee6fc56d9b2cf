#include "bus/nats/peers.h"

#include <gtest/gtest.h>

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

NodeId Node(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return NodeId(Uuid(bytes));
}

Heartbeat Alive(std::uint8_t number, bool draining = false) {
  Heartbeat heartbeat;
  heartbeat.node = {Node(number), "node " + std::to_string(number), draining};
  heartbeat.sent_at = FromMillis(1'800'000'000'123);
  return heartbeat;
}

const Peers::Time kStart{seconds(1'000)};
const FleetView::Node kSelf{Node(5), "self", false};

std::size_t Count(const Peers& peers) { return peers.ViewWith(kSelf)->nodes.size(); }

TEST(Peers, WhoIsHeard_IsThere_ById) {
  Peers peers;
  EXPECT_EQ(Count(peers), 1U);
  EXPECT_TRUE(peers.Hear(Alive(9), kStart, {}).fresh);
  EXPECT_TRUE(peers.Hear(Alive(2), kStart, {}).changed);
  const Peers::Heard again = peers.Hear(Alive(2), kStart, {});
  EXPECT_FALSE(again.fresh || again.changed);
  const FleetViewPtr view = peers.ViewWith(kSelf);
  ASSERT_EQ(view->nodes.size(), 3U);
  EXPECT_EQ(view->nodes[0].id, Node(2));
  EXPECT_EQ(view->nodes[1], kSelf);
  EXPECT_EQ(view->nodes[2].id, Node(9));
}

TEST(Peers, WhoDrains_ChangesTheView) {
  Peers peers;
  peers.Hear(Alive(2), kStart, {});
  const Peers::Heard heard = peers.Hear(Alive(2, true), kStart, {});
  EXPECT_TRUE(heard.changed && !heard.fresh);
  EXPECT_TRUE(peers.ViewWith(kSelf)->nodes[0].draining);
}

TEST(Peers, WhoIsSilentOrSaysGoodbye_IsGone) {
  Peers peers;
  peers.Hear(Alive(1), kStart, {});
  peers.Hear(Alive(2), kStart + seconds(2), {});
  EXPECT_FALSE(peers.Forget(kStart));
  EXPECT_TRUE(peers.Forget(kStart + seconds(1)));
  EXPECT_EQ(Count(peers), 2U);
  Heartbeat goodbye = Alive(2);
  goodbye.kind = Heartbeat::Kind::kGoodbye;
  EXPECT_TRUE(peers.Hear(goodbye, kStart, {}).changed);
  EXPECT_FALSE(peers.Hear(goodbye, kStart, {}).changed);
  EXPECT_EQ(Count(peers), 1U);
}

TEST(Peers, AfterAPauseOfOurs_NobodyIsBlamed) {
  Peers peers;
  peers.Hear(Alive(1), kStart, {});
  const Peers::Time wakes = kStart + seconds(30);
  peers.Excuse(wakes);
  EXPECT_FALSE(peers.Forget(wakes - seconds(3)));
  EXPECT_TRUE(peers.Forget(wakes + seconds(1)));
}

TEST(Peers, TheClockIsHeldAgainstTheMedian) {
  Peers peers;
  EXPECT_EQ(peers.offset(), milliseconds(0));
  peers.Hear(Alive(1), kStart, milliseconds(90'000));
  EXPECT_EQ(peers.offset(), milliseconds(90'000)) << "of two, nobody knows which one is off";
  peers.Hear(Alive(2), kStart, milliseconds(3));
  EXPECT_EQ(peers.offset(), milliseconds(3)) << "two agree against the first";
  peers.Hear(Alive(2), kStart, milliseconds(90'003));
  EXPECT_EQ(peers.offset(), milliseconds(90'000)) << "this one is off";
}

TEST(Heartbeats, AreReadAsTheyWereSent) {
  Heartbeat heartbeat = Alive(3, true);
  heartbeat.kind = Heartbeat::Kind::kGoodbye;
  const std::string bytes = EncodeHeartbeat(heartbeat);
  const Result<Heartbeat> read = DecodeHeartbeat(bytes + "more");
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*read, heartbeat);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeHeartbeat(bytes.substr(0, size)).status().code(), StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace parley::bus
