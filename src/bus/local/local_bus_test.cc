#include "bus/local/local_bus.h"

#include <utility>

#include "bus/testing/bus_contract.h"

namespace parley::bus {
namespace {

INSTANTIATE_TEST_SUITE_P(Local, BusContract,
                         testing::Values(BusFactory{
                             "local", [](std::vector<runtime::Shard*> shards) {
                               return std::make_unique<LocalBus>(std::move(shards));
                             }}));

TEST(LocalBus, CountsEachEventOnce_HoweverManyShardsAndRecipients) {
  runtime::Shard first(0);
  runtime::Shard second(1);
  LocalBus bus({&first, &second});
  EXPECT_EQ(bus.published(), 0U);
  const auto nobody = std::make_shared<const std::vector<UserId>>();
  const auto two = std::make_shared<const std::vector<UserId>>(2);
  first.Post([&] {
    bus.Publish(std::make_shared<const Event>(), nobody);
    bus.Publish(std::make_shared<const Event>(), two);
  });
  first.RunUntilIdle();
  EXPECT_EQ(bus.published(), 2U);
}

}  // namespace
}  // namespace parley::bus
