#include "bus/nats/nats_bus.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "bus/local/local_bus.h"
#include "bus/nats/link_source.h"
#include "bus/testing/bus_contract.h"
#include "bus/testing/fake_fleet.h"
#include "bus/testing/joined_bus_contract.h"
#include "runtime/spawn.h"

namespace parley::bus {
namespace {

/// What several processes have in common.
struct Site {
  explicit Site(int processes) : source(MakeLinkSource()), fleet(processes) {
    for (int i = 0; i < processes; ++i) fleet.node(i).Start();
  }

  const std::shared_ptr<LinkSource> source;
  FakeFleet fleet;
};

/// What the bus of a process stands on.
struct Ground {
  Ground(std::shared_ptr<Site> at, std::vector<runtime::Shard*> shards)
      : site(std::move(at)), link(site->source->Make()), local(std::move(shards)) {}

  const std::shared_ptr<Site> site;
  const std::shared_ptr<Link> link;
  LocalBus local;
};

/// A process, as far as its bus goes.
class Process : private Ground, public NatsBus {
 public:
  Process(std::shared_ptr<Site> at, int number, const std::vector<runtime::Shard*>& shards)
      : Ground(std::move(at), shards),
        NatsBus(Ground::local, *Ground::link, site->fleet.node(number), shards,
                {.prefix = site->source->prefix()}) {
    StartAndWait(*Ground::link);
  }
  ~Process() override { Ground::link->Close(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Link& link() { return *Ground::link; }
};

INSTANTIATE_TEST_SUITE_P(Nats, BusContract,
                         testing::Values(BusFactory{"nats",
                                                    [](const std::vector<runtime::Shard*>& shards) {
                                                      return std::make_unique<Process>(
                                                          std::make_shared<Site>(1), 0, shards);
                                                    }}));

INSTANTIATE_TEST_SUITE_P(Nats, JoinedBusContract,
                         testing::Values(JoinedBusFactory{
                             "nats", [](runtime::Shard* first, runtime::Shard* second) {
                               const auto site = std::make_shared<Site>(2);
                               using Shards = std::vector<runtime::Shard*>;
                               return std::vector<std::shared_ptr<Bus>>{
                                   std::make_shared<Process>(site, 0, Shards{first}),
                                   std::make_shared<Process>(site, 1, Shards{second})};
                             }}));

/// Remembers how many events arrived.
class Counter : public Subscriber {
 public:
  void OnEvent(const EventPtr& /*event*/) override { ++count; }
  int count = 0;
};

UserId User(std::size_t number) {
  Uuid::Bytes bytes{};
  bytes[14] = static_cast<std::uint8_t>(number >> 8);
  bytes[15] = static_cast<std::uint8_t>(number);
  return UserId(Uuid(bytes));
}

ConversationId TheConversation() {
  Uuid::Bytes bytes{};
  bytes.front() = 0xC0;
  return ConversationId(Uuid(bytes));
}

/// Three processes, each with a shard of its own.
class NatsBusTest : public testing::Test {
 protected:
  NatsBusTest() {
    for (int i = 0; i < 3; ++i) {
      shards_.push_back(std::make_unique<runtime::Shard>(i));
      processes_.push_back(
          std::make_unique<Process>(site_, i, std::vector<runtime::Shard*>{shards_.back().get()}));
    }
  }

  /// The servers tell each other of subscriptions on their own time. In a fleet a node is there
  /// once its heartbeats come; here, once it answers.
  void SetUp() override {
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (!Settle(i).ok()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }

  void RunUntil(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long";
      for (const auto& shard : shards_) shard->RunUntilIdle();
    }
  }
  void On(std::size_t process, std::function<void()> work) {
    bool ran = false;
    shards_[process]->Post([&] {
      work();
      ran = true;
    });
    RunUntil([&ran] { return ran; });
  }
  /// Many settle on the first process, in one go; what each was told.
  std::vector<Status> SettleAtOnce(std::size_t many) {
    std::vector<Status> told;
    On(0, [&] {
      for (std::size_t i = 0; i < many; ++i) {
        runtime::Spawn(*shards_[0], "settle",
                       [](Bus* bus, std::vector<Status>* out) -> runtime::Task<void> {
                         out->push_back(co_await bus->Settle());
                       }(processes_[0].get(), &told));
      }
    });
    RunUntil([&] { return told.size() == many; });
    return told;
  }
  /// Waits until what the process subscribed to is known everywhere.
  Status Settle(std::size_t process) {
    std::optional<Status> settled;
    runtime::Spawn(*shards_[process], "settle",
                   [](Bus* bus, std::optional<Status>* out) -> runtime::Task<void> {
                     out->emplace(co_await bus->Settle());
                   }(processes_[process].get(), &settled));
    RunUntil([&settled] { return settled.has_value(); });
    return settled.value_or(Internal("waited too long"));
  }
  /// Until what the process has sent is counted, which follows the sending: an answer that has
  /// arrived may not be yet.
  void AwaitCounted(std::size_t process) {
    const auto flushed = std::make_shared<std::atomic<bool>>(false);
    processes_[process]->link().Flush([flushed](const Status& /*done*/) { *flushed = true; });
    RunUntil([&flushed] { return flushed->load(); });
  }
  static EventPtr Change(std::uint32_t members) {
    Event event{Event::Kind::kChange, TheConversation(), Seq(1), wire::Frame::Text("{}"), {}};
    event.members = members;
    return std::make_shared<const Event>(std::move(event));
  }

  const std::shared_ptr<Site> site_ = std::make_shared<Site>(3);
  std::vector<std::unique_ptr<runtime::Shard>> shards_;
  std::vector<std::unique_ptr<Process>> processes_;
};

TEST_F(NatsBusTest, AGroupOfAThousandOnThreeNodes_CostsOneMessagePerNode) {
  constexpr std::size_t kMembers = 1'000;
  Counter counters[3];
  std::vector<std::unique_ptr<Subscription>> subscriptions[3];
  auto members = std::make_shared<std::vector<UserId>>();
  members->reserve(kMembers);
  for (std::size_t i = 0; i < kMembers; ++i) members->push_back(User(i));
  for (std::size_t p = 0; p < 3; ++p) {
    On(p, [&] {
      for (std::size_t i = p; i < kMembers; i += 3) {
        subscriptions[p].push_back(processes_[p]->Subscribe(User(i), counters[p]));
        subscriptions[p].push_back(processes_[p]->Follow(TheConversation(), counters[p]));
      }
    });
    EXPECT_TRUE(Settle(p).ok());
  }
  for (std::size_t p = 0; p < 3; ++p) AwaitCounted(p);
  Link::Stats before[3];
  for (std::size_t p = 0; p < 3; ++p) before[p] = processes_[p]->link().stats();
  On(0, [&] { processes_[0]->Publish(Change(kMembers), members); });
  RunUntil(
      [&] { return counters[0].count + counters[1].count + counters[2].count == int{kMembers}; });
  EXPECT_EQ(processes_[0]->link().stats().messages_out, before[0].messages_out + 1);
  EXPECT_EQ(processes_[0]->link().stats().messages_in, before[0].messages_in);
  for (std::size_t p = 1; p < 3; ++p) {
    EXPECT_EQ(processes_[p]->link().stats().messages_in, before[p].messages_in + 1);
    EXPECT_EQ(processes_[p]->stats().received, 1U);
  }
  for (std::size_t p = 0; p < 3; ++p) On(p, [&] { subscriptions[p].clear(); });
}

TEST_F(NatsBusTest, OnePersonOnManyConnections_IsOneSubscription) {
  std::vector<Counter> counters(5);
  const std::size_t before = processes_[0]->link().stats().subscriptions;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  On(0, [&] {
    for (Counter& counter : counters) {
      subscriptions.push_back(processes_[0]->Subscribe(User(1), counter));
      subscriptions.push_back(processes_[0]->Follow(TheConversation(), counter));
    }
  });
  EXPECT_EQ(processes_[0]->stats().users, 1U);
  EXPECT_EQ(processes_[0]->stats().conversations, 1U);
  EXPECT_EQ(processes_[0]->link().stats().subscriptions, before + 2);
  On(0, [&] { subscriptions.clear(); });
  EXPECT_EQ(processes_[0]->stats().users, 0U);
  EXPECT_EQ(processes_[0]->stats().conversations, 0U);
  EXPECT_EQ(processes_[0]->link().stats().subscriptions, before);
}

TEST_F(NatsBusTest, WhatIsNoEvent_IsDropped) {
  Counter counter;
  std::unique_ptr<Subscription> subscription;
  On(1, [&] { subscription = processes_[1]->Subscribe(User(1), counter); });
  EXPECT_TRUE(Settle(1).ok());
  processes_[0]->link().Publish(site_->source->prefix() + ".u." + User(1).ToString(), "",
                                std::make_shared<const std::string>("nonsense"));
  RunUntil([&] { return processes_[1]->stats().undecodable == 1; });
  EXPECT_EQ(counter.count, 0);
  On(1, [&] { subscription.reset(); });
}

TEST_F(NatsBusTest, Settle_ByManyAtOnce_IsSaidToEach) {
  const std::vector<Status> told = SettleAtOnce(200);
  EXPECT_TRUE(std::ranges::all_of(told, &Status::ok));
}

TEST_F(NatsBusTest, Settle_ByMany_WhileOthersWait_IsAskedTogether) {
  // Nobody is answered while the others are still asking.
  processes_[2]->link().Close();
  constexpr std::size_t kMany = 200;
  const std::uint64_t before = processes_[0]->link().stats().messages_out;
  const std::vector<Status> told = SettleAtOnce(kMany);
  EXPECT_TRUE(std::ranges::none_of(told, &Status::ok));
  EXPECT_LT(processes_[0]->link().stats().messages_out - before, kMany / 10);
}

TEST_F(NatsBusTest, Settle_WhereANodeIsSilent_IsUnavailable) {
  processes_[2]->link().Close();
  EXPECT_EQ(Settle(0).code(), StatusCode::kUnavailable);
  site_->fleet.Kill(2);
  EXPECT_TRUE(Settle(0).ok());
}

TEST_F(NatsBusTest, AGap_IsToldOnTheShard) {
  int gaps = 0;
  std::unique_ptr<Subscription> subscription;
  On(0, [&] { subscription = processes_[0]->OnGap([&gaps] { ++gaps; }); });
  processes_[0]->Gap();
  RunUntil([&gaps] { return gaps == 1; });
  EXPECT_EQ(processes_[0]->stats().gaps, 1U);
  On(0, [&] { subscription.reset(); });
}

}  // namespace
}  // namespace parley::bus
