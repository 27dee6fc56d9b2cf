#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "bus/nats/fake_nats.h"
#include "bus/nats/nats_fleet.h"
#include "bus/testing/two_shards.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Two nodes that are quick to judge each other, on servers in memory.
class NatsFleetFaults : public testing::Test, protected TwoShards {
 protected:
  struct Node {
    Node(FakeNats& nats, std::uint8_t number)
        : link(nats.Connect()), fleet(IdOf(number), *link, Options(), clock, log) {
      fleet.Serve("echo", [](NodeId, std::string request, Fleet::Reply reply) {
        reply(std::move(request));
      });
      fleet.Serve("silence", [this](NodeId, std::string, Fleet::Reply reply) {
        const std::lock_guard lock(mutex);
        unanswered.push_back(std::move(reply));
      });
      link->Start();
    }
    ~Node() {
      fleet.Stop();
      link->Close();
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    static NodeId IdOf(std::uint8_t number) {
      Uuid::Bytes bytes{};
      bytes.back() = number;
      return NodeId(Uuid(bytes));
    }
    static NatsFleetOptions Options() {
      NatsFleetOptions options;
      options.heartbeat = milliseconds(10);
      options.silence = milliseconds(200);
      options.max_asked = 3;
      return options;
    }

    std::size_t asked() {
      const std::lock_guard lock(mutex);
      return unanswered.size();
    }

    std::mutex mutex;
    std::vector<Fleet::Reply> unanswered;  // guarded by mutex
    const std::shared_ptr<Link> link;
    FakeClock clock;
    NullLogger log;
    NatsFleet fleet;
  };

  void StartBoth() {
    a_.fleet.Start();
    b_.fleet.Start();
    WaitForViews(2);
  }
  void WaitForViews(std::size_t count) {
    RunUntil([&] {
      return a_.fleet.view()->nodes.size() == count && b_.fleet.view()->nodes.size() == count;
    });
  }
  using Outcome = std::shared_ptr<std::optional<Result<std::string>>>;
  Outcome Ask(milliseconds timeout, std::string topic = "echo") {
    auto outcome = std::make_shared<std::optional<Result<std::string>>>();
    first_.Post([this, outcome, timeout, topic = std::move(topic)] {
      a_.fleet.Ask(b_.fleet.self(), topic, "x", timeout,
                   [outcome](Result<std::string> answer) { outcome->emplace(std::move(answer)); });
    });
    while (first_.RunUntilIdle()) {
    }
    return outcome;
  }
  StatusCode CodeOf(const Outcome& outcome) {
    RunUntil([&] { return outcome->has_value(); });
    return (*outcome)->status().code();
  }

  FakeNats nats_;
  Node a_{nats_, 1};
  Node b_{nats_, 2};
};

TEST_F(NatsFleetFaults, ANodeThatIsSilent_IsGone_AndComesBack) {
  StartBoth();
  nats_.CutOff(*b_.link);
  WaitForViews(1);
  EXPECT_EQ(b_.fleet.connection().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(a_.fleet.connection().ok());
  nats_.Restore(*b_.link);
  WaitForViews(2);
}

TEST_F(NatsFleetFaults, WithoutAConnection_NothingIsAsked) {
  StartBoth();
  nats_.CutOff(*a_.link);
  EXPECT_EQ(CodeOf(Ask(seconds(60))), StatusCode::kUnavailable);
  EXPECT_EQ(a_.fleet.stats().unavailable, 1U);
}

TEST_F(NatsFleetFaults, WithoutAnAnswer_ItIsUnknown) {
  StartBoth();
  nats_.Freeze();
  EXPECT_EQ(CodeOf(Ask(milliseconds(30))), StatusCode::kUnknown);
  RunUntil([&] { return a_.fleet.stats().unknown == 1; });  // counted once all are told
  EXPECT_EQ(a_.fleet.stats().asked, 0U);
  nats_.Thaw();
  EXPECT_EQ(CodeOf(Ask(seconds(60))), StatusCode::kOk);
}

TEST_F(NatsFleetFaults, WhereAConnectionWasLost_WhatWaitsIsUnknown) {
  StartBoth();
  std::size_t asked = 0;
  for (const Node* lost : {&a_, &b_}) {
    const Outcome waiting = Ask(seconds(60), "silence");
    RunUntil([&, all = ++asked] { return b_.asked() == all; });
    nats_.CutOff(*lost->link);
    nats_.Restore(*lost->link);
    EXPECT_EQ(CodeOf(waiting), StatusCode::kUnknown);
  }
  RunUntil([&] { return a_.fleet.stats().unknown == 2; });
  EXPECT_EQ(CodeOf(Ask(seconds(60))), StatusCode::kOk);
}

TEST_F(NatsFleetFaults, OnlySoMuchIsAskedAtOnce) {
  StartBoth();
  nats_.Freeze();
  std::vector<Outcome> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(Ask(seconds(60)));
  EXPECT_EQ(CodeOf(Ask(seconds(60))), StatusCode::kUnavailable);
  nats_.Thaw();
  for (const Outcome& outcome : waiting) EXPECT_EQ(CodeOf(outcome), StatusCode::kOk);
}

TEST_F(NatsFleetFaults, HowFarTheClockIsOff_IsKnown) {
  a_.clock.Advance(seconds(7));
  StartBoth();
  RunUntil([&] { return a_.fleet.clock_offset() == seconds(7); });
  RunUntil([&] { return b_.fleet.clock_offset() == seconds(-7); });
}

TEST_F(NatsFleetFaults, WhatIsNoHeartbeat_IsIgnored) {
  StartBoth();
  a_.link->Publish("parley.node", "", std::make_shared<const std::string>("nonsense"));
  EXPECT_EQ(CodeOf(Ask(seconds(60))), StatusCode::kOk);
  EXPECT_EQ(b_.fleet.view()->nodes.size(), 2U);
}

}  // namespace
}  // namespace parley::bus
