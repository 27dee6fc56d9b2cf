#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bus/fleet.h"
#include "bus/testing/two_shards.h"

namespace parley::bus {

/// An implementation under test, as gtest's parameter: so many nodes that will find each other once
/// they are started.
struct FleetFactory {
  std::string name;
  std::function<std::vector<std::shared_ptr<Fleet>>(int)> make;
};

/// What every fleet promises. Instantiate it with INSTANTIATE_TEST_SUITE_P in the implementation's
/// test.
class FleetContract : public testing::TestWithParam<FleetFactory>, protected TwoShards {
 protected:
  ~FleetContract() override;

  void Make(int nodes);
  /// Starts all, and waits until each sees every other.
  void StartAll();
  /// Waits until every node that is started sees `count` nodes.
  void WaitForViews(std::size_t count);

  void On(runtime::Shard& shard, std::function<void()> work);
  /// Asks on first_, and waits for the outcome.
  Result<std::string> Ask(int from, NodeId to, std::string_view topic, std::string request,
                          std::chrono::milliseconds timeout = std::chrono::seconds(5));

  std::vector<std::shared_ptr<Fleet>> fleets_;
  std::vector<bool> started_;
};

}  // namespace parley::bus
