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

class Ignoring : public Subscriber {
 public:
  void OnEvent(const EventPtr& /*event*/) override {}
};

TEST(LocalBus, Publish_WakesNoShardWithoutARecipient) {
  runtime::Shard first(0);
  runtime::Shard second(1);
  LocalBus bus({&first, &second});
  Ignoring subscriber;
  std::unique_ptr<Subscription> subscription;
  const UserId user{Uuid({7})};
  const auto only = std::make_shared<const std::vector<UserId>>(1, user);
  const auto publish = [&] {
    first.Post([&] { bus.Publish(std::make_shared<const Event>(), only); });
    first.RunUntilIdle();
  };
  publish();
  EXPECT_EQ(second.inbox_size(), 0U);
  second.Post([&] { subscription = bus.Subscribe(user, subscriber); });
  second.RunUntilIdle();
  publish();
  EXPECT_EQ(second.inbox_size(), 1U);
  second.Post([&] { subscription.reset(); });
  second.RunUntilIdle();
  publish();
  EXPECT_EQ(second.inbox_size(), 0U);
}

TEST(LocalBus, Publish_ToVeryMany_ReachesEachShard) {
  runtime::Shard first(0);
  runtime::Shard second(1);
  LocalBus bus({&first, &second});
  first.Post([&] {
    bus.Publish(std::make_shared<const Event>(), std::make_shared<const std::vector<UserId>>(100));
  });
  first.RunUntilIdle();
  EXPECT_EQ(second.inbox_size(), 1U);
}

}  // namespace
}  // namespace parley::bus
