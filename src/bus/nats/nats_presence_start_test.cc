#include <map>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "bus/local/local_presence.h"
#include "bus/local/lone_fleet.h"
#include "bus/nats/fake_nats.h"
#include "bus/nats/nats_presence.h"
#include "bus/nats/presence_codec.h"
#include "bus/shard_signal.h"
#include "bus/testing/two_shards.h"

namespace parley::bus {
namespace {

template <class AnyId>
AnyId Numbered(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return AnyId(Uuid(bytes));
}

/// Another node comes just when somebody has looked who is there.
class ComingFleet : public LoneFleet {
 public:
  ComingFleet(NodeId self, NodeId other) : LoneFleet(self), other_(other) {}

  FleetViewPtr view() const override {
    FleetViewPtr now = view_ ? view_ : LoneFleet::view();
    if (!view_) {
      FleetView both = *now;
      both.nodes.push_back({other_, "other"});
      view_ = std::make_shared<const FleetView>(std::move(both));
      changed_.Fire();
    }
    return now;
  }
  std::unique_ptr<Subscription> OnViewChange(UniqueFunction<void()> changed) override {
    return changed_.Listen(std::move(changed));
  }

 private:
  const NodeId other_;
  mutable FleetViewPtr view_;
  mutable ShardSignal changed_;
};

struct Listener : PresenceListener {
  void OnPresence(const std::vector<PresenceNews>& news) override {
    for (const PresenceNews& each : news) last[each.user] = each.online;
  }
  std::map<UserId, bool> last;
};

class NatsPresenceStart : public testing::Test, protected TwoShards {};

TEST_F(NatsPresenceStart, ANodeThatComesMeanwhile_IsKnown) {
  const auto self = Numbered<NodeId>(1);
  const auto other = Numbered<NodeId>(2);
  const auto user = Numbered<UserId>(3);
  FakeNats nats;
  const std::shared_ptr<Link> link = nats.Connect();
  const std::shared_ptr<Link> others = nats.Connect();
  LocalPresence local({&first_}, std::chrono::milliseconds(20));
  ComingFleet fleet(self, other);
  NatsPresence presence(local, *link, fleet, {&first_}, {.prefix = "parley"});
  link->Start();
  others->Start();
  Listener listener;
  std::unique_ptr<PresenceWatch> watch;
  first_.Post([&] {
    watch = presence.Watch(listener);
    watch->Set({user});
  });
  RunUntil([&] { return listener.last.contains(user); });
  EXPECT_FALSE(listener.last.at(user));
  const HeldNews news{other, {{user, true}}};
  others->Publish("parley.p." + user.ToString(), "",
                  std::make_shared<const std::string>(EncodeHeldNews(news)));
  RunUntil([&] { return listener.last.at(user); });
  first_.Post([&] { watch.reset(); });
  RunUntil([&] { return watch == nullptr; });
  link->Close();
  others->Close();
}

}  // namespace
}  // namespace parley::bus
