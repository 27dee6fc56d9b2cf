#include "bus/testing/fake_fleet.h"

#include <optional>
#include <utility>

#include "bus/testing/fleet_contract.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

INSTANTIATE_TEST_SUITE_P(Fake, FleetContract,
                         testing::Values(FleetFactory{
                             "fake", [](int nodes) {
                               auto world = std::make_shared<FakeFleet>(nodes);
                               std::vector<std::shared_ptr<Fleet>> fleets;
                               fleets.reserve(static_cast<std::size_t>(nodes));
                               for (int i = 0; i < nodes; ++i) {
                                 fleets.emplace_back(world, &world->node(i));
                               }
                               return fleets;
                             }}));

class FakeFleetTest : public testing::Test, protected TwoShards {
 protected:
  FakeFleetTest() {
    for (int i = 0; i < 2; ++i) {
      fleet_.node(i).Serve("echo", [this](NodeId, std::string request, Fleet::Reply reply) {
        ++handled_;
        reply(std::move(request));
      });
      fleet_.node(i).Start();
    }
  }

  /// Asks node 1 from node 0; `answer` is there once it is known.
  std::shared_ptr<std::optional<Result<std::string>>> Ask(milliseconds timeout = seconds(5)) {
    auto answer = std::make_shared<std::optional<Result<std::string>>>();
    first_.Post([this, answer, timeout] {
      fleet_.node(0).Ask(fleet_.node(1).self(), "echo", "x", timeout,
                         [answer](Result<std::string> got) { answer->emplace(std::move(got)); });
    });
    while (first_.RunUntilIdle()) {
    }
    return answer;
  }
  StatusCode AskAndWait() {
    const auto answer = Ask(milliseconds(30));
    RunUntil([&] { return answer->has_value(); });
    return (*answer)->status().code();
  }

  bus::FakeFleet fleet_{2};
  int handled_ = 0;
};

TEST_F(FakeFleetTest, WhatIsLost_IsUnknown) {
  fleet_.LoseRequests(1, 1);
  EXPECT_EQ(AskAndWait(), StatusCode::kUnknown);
  EXPECT_EQ(handled_, 0);
  fleet_.LoseAnswers(1, 1);
  EXPECT_EQ(AskAndWait(), StatusCode::kUnknown);
  EXPECT_EQ(handled_, 1);
  EXPECT_EQ(AskAndWait(), StatusCode::kOk);
}

TEST_F(FakeFleetTest, WhatIsHeld_ComesWhenItIsReleased) {
  fleet_.HoldRequests(1);
  const auto answer = Ask();
  EXPECT_FALSE(answer->has_value());
  EXPECT_EQ(fleet_.node(0).view()->nodes.size(), 2U);
  fleet_.ReleaseRequests(1);
  RunUntil([&] { return answer->has_value(); });
  EXPECT_TRUE((*answer)->ok());
}

TEST_F(FakeFleetTest, ANodeThatPauses_IsNotSeen_AndAnswersLater) {
  fleet_.Pause(1);
  EXPECT_EQ(fleet_.node(0).view()->nodes.size(), 1U);
  EXPECT_EQ(fleet_.node(1).view()->nodes.size(), 2U) << "it has noticed nothing";
  const auto answer = Ask();
  EXPECT_FALSE(answer->has_value());
  fleet_.Continue(1);
  EXPECT_EQ(fleet_.node(0).view()->nodes.size(), 2U);
  RunUntil([&] { return answer->has_value(); });
  EXPECT_TRUE((*answer)->ok());
}

TEST_F(FakeFleetTest, ANodeThatIsCutOff_KnowsIt) {
  fleet_.CutOff(0);
  EXPECT_EQ(fleet_.node(0).connection().code(), StatusCode::kUnavailable);
  EXPECT_EQ(fleet_.node(0).view()->nodes.size(), 1U);
  EXPECT_EQ(fleet_.node(1).view()->nodes.size(), 1U);
  EXPECT_EQ(AskAndWait(), StatusCode::kUnavailable);
  fleet_.Reconnect(0);
  EXPECT_EQ(AskAndWait(), StatusCode::kOk);
}

TEST_F(FakeFleetTest, ANodeThatDied_IsNotFound) {
  fleet_.HoldRequests(1);
  const auto before = Ask(milliseconds(30));
  fleet_.Kill(1);
  fleet_.ReleaseRequests(1);
  RunUntil([&] { return before->has_value(); });
  EXPECT_EQ((*before)->status().code(), StatusCode::kUnknown);
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(AskAndWait(), StatusCode::kNotFound);
}

TEST_F(FakeFleetTest, TheClockIsOffAsTold) {
  fleet_.SetClockOffset(0, seconds(-7));
  EXPECT_EQ(fleet_.node(0).clock_offset(), seconds(-7));
}

}  // namespace
}  // namespace parley::bus
