#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bus/bus.h"
#include "bus/testing/two_shards.h"

namespace parley::bus {

/// Two processes under test, as gtest's parameter: the buses of two that reach each other, each
/// with one shard.
struct JoinedBusFactory {
  std::string name;
  std::function<std::vector<std::shared_ptr<Bus>>(runtime::Shard*, runtime::Shard*)> make;
};

/// What the buses of several processes promise besides the suite of one. Instantiate it with
/// INSTANTIATE_TEST_SUITE_P in the implementation's test.
class JoinedBusContract : public testing::TestWithParam<JoinedBusFactory>, protected TwoShards {
 protected:
  JoinedBusContract();

  Bus& here() { return *buses_[0]; }   ///< on first_
  Bus& there() { return *buses_[1]; }  ///< on second_
  /// Runs `work` on that shard.
  void On(runtime::Shard& shard, std::function<void()> work);
  /// Waits until what was subscribed to on second_ reaches from first_.
  void Settle();

  std::vector<std::shared_ptr<Bus>> buses_;
};

}  // namespace parley::bus
