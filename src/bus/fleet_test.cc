#include "bus/fleet.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace parley::bus {
namespace {

NodeId Node(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes[15] = number;
  return NodeId(Uuid(bytes));
}

FleetView Of(int nodes) {
  FleetView view;
  for (int i = 1; i <= nodes; ++i) {
    view.nodes.push_back({Node(static_cast<std::uint8_t>(i)), "", false});
  }
  return view;
}

std::string Key(int i) { return "key " + std::to_string(i); }

TEST(PreferredNodeTest, SpreadsKeysEvenly) {
  constexpr int kKeys = 30'000;
  const FleetView view = Of(3);
  std::map<NodeId, int> counts;
  for (int i = 0; i < kKeys; ++i) ++counts[PreferredNode(view, Key(i))];
  ASSERT_EQ(counts.size(), 3U);
  for (const auto& [node, count] : counts) {
    EXPECT_NEAR(count, kKeys / 3, kKeys / 30) << node.ToString();
  }
}

TEST(PreferredNodeTest, ANodeThatGoesMovesOnlyItsOwn) {
  const FleetView three = Of(3);
  const FleetView two = Of(2);
  for (int i = 0; i < 1'000; ++i) {
    const NodeId before = PreferredNode(three, Key(i));
    if (before != Node(3)) EXPECT_EQ(PreferredNode(two, Key(i)), before);
  }
}

TEST(PreferredNodeTest, ANodeThatDrainsIsAsGoodAsGone) {
  FleetView draining = Of(3);
  draining.nodes[0].draining = true;
  FleetView gone = Of(3);
  gone.nodes.erase(gone.nodes.begin());
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(PreferredNode(draining, Key(i)), PreferredNode(gone, Key(i)));
  }
}

TEST(PreferredNodeTest, WhereAllDrainOneOfThemHasToDo) {
  FleetView view = Of(2);
  for (FleetView::Node& node : view.nodes) node.draining = true;
  EXPECT_EQ(PreferredNode(view, Key(1)), PreferredNode(Of(2), Key(1)));
}

TEST(PreferredNodeTest, IsTheSameInEveryVersion) {
  EXPECT_EQ(PreferredNode(Of(3), "key 1"), Node(3));
}

}  // namespace
}  // namespace parley::bus
