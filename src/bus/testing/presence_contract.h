#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bus/presence.h"
#include "bus/testing/two_shards.h"
#include "runtime/shard.h"

namespace parley::bus {

/// An implementation under test, as gtest's parameter.
struct PresenceFactory {
  std::string name;
  std::function<std::unique_ptr<Presence>(std::vector<runtime::Shard*>, std::chrono::milliseconds)>
      make;
};

/// What every presence promises. Instantiate it with INSTANTIATE_TEST_SUITE_P in the
/// implementation's test.
class PresenceContract : public testing::TestWithParam<PresenceFactory>, protected TwoShards {
 protected:
  PresenceContract();

  /// Another one, over the same shards, that lingers for so long.
  void Linger(std::chrono::milliseconds linger);
  /// Runs `work` as if on that shard, and what follows from it on both.
  void On(runtime::Shard& shard, std::function<void()> work);
  std::vector<UserId> Connected(std::vector<UserId> users);

  std::unique_ptr<Presence> presence_;
};

}  // namespace parley::bus
