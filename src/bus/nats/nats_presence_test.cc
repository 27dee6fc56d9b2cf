#include "bus/nats/nats_presence.h"

#include <map>
#include <optional>
#include <utility>

#include <gmock/gmock.h>

#include "bus/local/local_presence.h"
#include "bus/nats/link_source.h"
#include "bus/nats/nats_fleet.h"
#include "bus/testing/presence_contract.h"
#include "runtime/spawn.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

NodeId Numbered(int number) {
  Uuid::Bytes bytes{};
  bytes.back() = static_cast<std::uint8_t>(number + 1);
  return NodeId(Uuid(bytes));
}

/// What the presence of a process stands on.
struct Ground {
  Ground(std::shared_ptr<LinkSource> from, int number, const std::vector<runtime::Shard*>& shards,
         milliseconds linger)
      : source(std::move(from)),
        link(source->Make()),
        fleet_link(source->Make()),
        fleet(Numbered(number), *fleet_link, {.prefix = source->prefix()}, clock, log),
        local(shards, linger) {}

  const std::shared_ptr<LinkSource> source;
  const std::shared_ptr<Link> link;
  const std::shared_ptr<Link> fleet_link;
  SystemClock clock;
  NullLogger log;
  NatsFleet fleet;
  LocalPresence local;
};

/// A process, as far as its presence goes.
class Process : private Ground, public NatsPresence {
 public:
  Process(std::shared_ptr<LinkSource> from, int number, const std::vector<runtime::Shard*>& shards,
          milliseconds linger)
      : Ground(std::move(from), number, shards, linger),
        NatsPresence(local, *Ground::link, Ground::fleet, shards, {.prefix = source->prefix()}) {
    StartAndWait(*Ground::link);
    StartAndWait(*fleet_link);
    Ground::fleet.Start();
  }
  ~Process() override {
    Ground::fleet.Stop();
    fleet_link->Close();
    Ground::link->Close();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Fleet& fleet() { return Ground::fleet; }
  Link& link() { return *Ground::link; }
};

INSTANTIATE_TEST_SUITE_P(Nats, PresenceContract,
                         testing::Values(PresenceFactory{
                             "nats",
                             [](const std::vector<runtime::Shard*>& shards, milliseconds linger) {
                               return std::make_unique<Process>(MakeLinkSource(), 0, shards,
                                                                linger);
                             }}));

class Listener : public PresenceListener {
 public:
  void OnPresence(const std::vector<PresenceNews>& news) override {
    for (const PresenceNews& each : news) last[each.user] = each.online;
  }
  bool Says(UserId user, bool online) const {
    const auto it = last.find(user);
    return it != last.end() && it->second == online;
  }
  std::map<UserId, bool> last;
};

UserId User(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

/// Two processes, each with one shard, that see each other.
class NatsPresenceTest : public testing::Test, protected TwoShards {
 protected:
  NatsPresenceTest() {
    RunUntil([this] {
      return a_->fleet().view()->nodes.size() == 2 && b_->fleet().view()->nodes.size() == 2;
    });
    // Both homes have heard of it as well.
    On(first_, [] {});
    On(second_, [] {});
  }

  void On(runtime::Shard& shard, std::function<void()> work) {
    bool ran = false;
    shard.Post([&] {
      work();
      ran = true;
    });
    RunUntil([&ran] { return ran; });
  }
  std::vector<UserId> Connected(std::vector<UserId> users) {
    std::optional<Result<std::vector<UserId>>> answer;
    runtime::Spawn(
        first_, "ask",
        [](Presence* presence, std::vector<UserId> whom, auto* out) -> runtime::Task<void> {
          out->emplace(co_await presence->WhoIsConnected(std::move(whom)));
        }(a_.get(), std::move(users), &answer));
    RunUntil([&] { return answer.has_value(); });
    return answer && answer->ok() ? **answer : std::vector<UserId>();
  }
  void WatchFromA(std::vector<UserId> users) {
    On(first_, [&] {
      watch_ = a_->Watch(listener_);
      watch_->Set(std::move(users));
    });
  }
  void EndAll() {
    On(first_, [&] {
      watch_.reset();
      here_.clear();
    });
    On(second_, [&] { there_.clear(); });
  }

  static constexpr milliseconds kLinger{20};
  const std::shared_ptr<LinkSource> source_ = MakeLinkSource();
  std::unique_ptr<Process> a_ =
      std::make_unique<Process>(source_, 0, std::vector<runtime::Shard*>{&first_}, kLinger);
  std::unique_ptr<Process> b_ =
      std::make_unique<Process>(source_, 1, std::vector<runtime::Shard*>{&second_}, kLinger);
  Listener listener_;
  std::unique_ptr<PresenceWatch> watch_;
  std::vector<std::unique_ptr<Subscription>> here_;
  std::vector<std::unique_ptr<Subscription>> there_;
};

TEST_F(NatsPresenceTest, WhoComesAndGoesElsewhere_IsHeardOf) {
  WatchFromA({User(1), User(2)});
  RunUntil([&] { return listener_.Says(User(1), false); });
  On(second_, [&] { there_.push_back(b_->Connect(User(1))); });
  RunUntil([&] { return listener_.Says(User(1), true); });
  On(second_, [&] { there_.clear(); });
  RunUntil([&] { return listener_.Says(User(1), false); });
  EXPECT_TRUE(listener_.Says(User(2), false));
  EndAll();
}

TEST_F(NatsPresenceTest, WhoIsElsewhereAlready_IsFound) {
  On(second_, [&] { there_.push_back(b_->Connect(User(1))); });
  WatchFromA({User(1)});
  RunUntil([&] { return listener_.Says(User(1), true); });
  EXPECT_EQ(a_->stats().remote, 1U);
  EndAll();
  EXPECT_EQ(a_->stats().remote, 0U);
  EXPECT_EQ(a_->stats().watched, 0U);
}

TEST_F(NatsPresenceTest, WhoIsInTwoPlaces_IsThereUntilTheyLeftBoth) {
  WatchFromA({User(1)});
  On(first_, [&] { here_.push_back(a_->Connect(User(1))); });
  On(second_, [&] { there_.push_back(b_->Connect(User(1))); });
  RunUntil([&] { return a_->stats().remote == 1; });
  On(first_, [&] { here_.clear(); });
  EXPECT_THAT(Connected({User(1)}), UnorderedElementsAre(User(1)));
  EXPECT_TRUE(listener_.Says(User(1), true));
  On(second_, [&] { there_.clear(); });
  RunUntil([&] { return listener_.Says(User(1), false); });
  EndAll();
}

TEST_F(NatsPresenceTest, WhoIsConnected_AsksEverywhere) {
  On(first_, [&] { here_.push_back(a_->Connect(User(1))); });
  On(second_, [&] {
    there_.push_back(b_->Connect(User(2)));
    there_.push_back(b_->Connect(User(1)));
  });
  EXPECT_THAT(Connected({User(1), User(2), User(3)}), UnorderedElementsAre(User(1), User(2)));
  EXPECT_THAT(Connected({User(3)}), IsEmpty());
  EndAll();
}

TEST_F(NatsPresenceTest, ANodeThatGoes_TakesItsPeopleAlong) {
  On(second_, [&] { there_.push_back(b_->Connect(User(1))); });
  WatchFromA({User(1)});
  RunUntil([&] { return listener_.Says(User(1), true); });
  b_->fleet().Stop();
  RunUntil([&] { return listener_.Says(User(1), false); });
  EndAll();
}

TEST_F(NatsPresenceTest, WhatWasMissed_IsAskedForAfterTheGap) {
  On(second_, [&] { there_.push_back(b_->Connect(User(1))); });
  WatchFromA({User(1), User(2)});
  RunUntil([&] { return listener_.Says(User(1), true); });
  source_->CutOff(a_->link());
  RunUntil([&] { return !a_->link().status().ok(); });
  On(second_, [&] {
    there_.clear();
    there_.push_back(b_->Connect(User(2)));
  });
  source_->Restore(a_->link());
  RunUntil([&] { return listener_.Says(User(1), false) && listener_.Says(User(2), true); });
  EndAll();
}

}  // namespace
}  // namespace parley::bus
