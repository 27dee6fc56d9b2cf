#include "bus/local/local_presence.h"

#include <utility>

#include "bus/testing/presence_contract.h"

namespace parley::bus {
namespace {

INSTANTIATE_TEST_SUITE_P(Local, PresenceContract,
                         testing::Values(PresenceFactory{
                             "local", [](std::vector<runtime::Shard*> shards,
                                         std::chrono::milliseconds linger) {
                               return std::make_unique<LocalPresence>(std::move(shards), linger);
                             }}));

UserId User(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

class Deaf : public PresenceListener {
 public:
  void OnPresence(const std::vector<PresenceNews>& /*news*/) override {}
};

TEST(LocalPresence, NothingIsLeftOfWhoIsGone) {
  runtime::Shard shard;
  LocalPresence presence({&shard}, std::chrono::milliseconds(0));
  Deaf listener;
  std::unique_ptr<Subscription> connection;
  std::unique_ptr<PresenceWatch> watch;
  const auto run = [&](std::function<void()> work) {
    shard.Post(std::move(work));
    while (shard.RunUntilIdle()) {
    }
  };
  run([&] {
    connection = presence.Connect(User(1));
    watch = presence.Watch(listener);
    watch->Set({User(1), User(2)});
  });
  EXPECT_EQ(presence.stats().connected, 1U);
  EXPECT_EQ(presence.stats().watched, 2U);
  run([&] {
    connection.reset();
    watch.reset();
  });
  EXPECT_EQ(presence.stats().connected, 0U);
  EXPECT_EQ(presence.stats().watched, 0U);
}

TEST(LocalPresence, WhoComesAndGoes_LingersOnce) {
  runtime::Shard shard;
  LocalPresence presence({&shard}, std::chrono::hours(1));
  Deaf listener;
  std::unique_ptr<PresenceWatch> watch;
  const auto run = [&](std::function<void()> work) {
    shard.Post(std::move(work));
    while (shard.RunUntilIdle()) {
    }
  };
  const auto come_and_go = [&](UserId user) { run([&] { presence.Connect(user).reset(); }); };
  come_and_go(User(1));
  EXPECT_EQ(presence.stats().lingering, 0U) << "nobody watches";
  run([&] {
    watch = presence.Watch(listener);
    watch->Set({User(1), User(2)});
  });
  for (int i = 0; i < 100; ++i) come_and_go(User(1));
  EXPECT_EQ(presence.stats().lingering, 1U);
  come_and_go(User(2));
  EXPECT_EQ(presence.stats().lingering, 2U);
  run([&] { watch->Set({User(2)}); });
  EXPECT_EQ(presence.stats().lingering, 1U);
  std::unique_ptr<Subscription> back;
  run([&] { back = presence.Connect(User(2)); });
  EXPECT_EQ(presence.stats().lingering, 0U);
  run([&] {
    back.reset();
    watch.reset();
  });
  EXPECT_EQ(presence.stats().lingering, 0U);
}

}  // namespace
}  // namespace parley::bus
