#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bus/bus.h"
#include "bus/testing/two_shards.h"
#include "runtime/shard.h"

namespace parley::bus {

/// An implementation under test, as gtest's parameter.
struct BusFactory {
  std::string name;
  std::function<std::unique_ptr<Bus>(std::vector<runtime::Shard*>)> make;
};

/// What every bus promises. Instantiate it with INSTANTIATE_TEST_SUITE_P in the implementation's
/// test.
class BusContract : public testing::TestWithParam<BusFactory>, protected TwoShards {
 protected:
  BusContract();

  /// Runs `work` as if on that shard, at once.
  void On(runtime::Shard& shard, std::function<void()> work);

  std::unique_ptr<Bus> bus_;
};

}  // namespace parley::bus
