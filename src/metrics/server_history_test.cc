#include "metrics/server_history.h"

#include <gtest/gtest.h>

namespace parley::metrics {
namespace {

TEST(ServerHistory, KeepsTheLast_InOrder) {
  ServerHistory history;
  EXPECT_TRUE(history.Read().empty());
  for (std::size_t i = 0; i < ServerHistory::kCapacity + 5; ++i) {
    ServerSample sample;
    sample.connections = i;
    history.Add(sample);
  }
  const std::vector<ServerSample> samples = history.Read();
  ASSERT_EQ(samples.size(), ServerHistory::kCapacity);
  EXPECT_EQ(samples.front().connections, 5U);
  EXPECT_EQ(samples.back().connections, ServerHistory::kCapacity + 4);
}

TEST(ServerHistory, Uptime_Rises) {
  const ServerHistory history;
  const auto before = history.uptime();
  EXPECT_GE(before.count(), 0);
  EXPECT_GE(history.uptime(), before);
}

}  // namespace
}  // namespace parley::metrics
