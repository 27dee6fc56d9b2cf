#include "app/fleet_witness.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bus/testing/fake_fleet.h"
#include "runtime/testing/run_task.h"

namespace parley::app {
namespace {

using storage::NodeSign;

/// Signs in memory, which all nodes of a test see.
class FakeNodeSigns final : public storage::NodeSigns {
 public:
  runtime::Task<Status> Give(NodeSign sign) override {
    if (down_) co_return Unavailable("no store");
    signs_[sign.node] = sign.beat;
    co_return Status::Ok();
  }
  runtime::Task<Result<std::vector<NodeSign>>> Read() override {
    if (down_) co_return Unavailable("no store");
    std::vector<NodeSign> signs;
    for (const auto& [node, beat] : signs_) signs.push_back({node, beat});
    co_return signs;
  }
  void SetDown(bool down) { down_ = down; }
  std::size_t nodes() const { return signs_.size(); }

 private:
  std::map<Uuid, std::int64_t> signs_;
  bool down_ = false;
};

/// A fleet whose nodes look at it in turn.
class FleetWitnessTest : public testing::Test {
 protected:
  static constexpr int kNodes = 5;

  FleetWitnessTest() {
    for (int i = 0; i < kNodes; ++i) {
      fleet_.node(i).Start();
      witnesses_.push_back(std::make_unique<FleetWitness>(shard_, fleet_.node(i), signs_));
    }
  }

  /// So many rounds, in each of which every node looks once.
  void Rounds(int count) {
    for (int round = 0; round < count; ++round) {
      for (const auto& witness : witnesses_) {
        runtime::RunTask(shard_, LookOnce(witness.get()));
      }
    }
  }
  static runtime::Task<bool> LookOnce(FleetWitness* witness) {
    co_await witness->Look();
    co_return true;
  }

  std::string CutOff() const {
    std::string names;
    for (const auto& witness : witnesses_) names += witness->Check().ok() ? '.' : 'x';
    return names;
  }

  bus::FakeFleet fleet_{kNodes};
  runtime::Shard shard_;
  FakeNodeSigns signs_;
  std::vector<std::unique_ptr<FleetWitness>> witnesses_;
};

TEST_F(FleetWitnessTest, WhereAllHearEachOther_AFewLeaveSigns) {
  Rounds(10);
  EXPECT_EQ(CutOff(), ".....");
  EXPECT_EQ(signs_.nodes(), FleetWitness::kWitnesses);
}

TEST_F(FleetWitnessTest, WhoAloneLosesTheBus_FindsOut_WhoeverItIs) {
  for (const int who : {0, 4}) {
    Rounds(1);
    fleet_.CutOff(who);
    Rounds(FleetWitness::kSettle);
    EXPECT_EQ(CutOff(), ".....") << "it may be so everywhere";
    Rounds(1);
    EXPECT_EQ(CutOff(), who == 0 ? "x...." : "....x");
    Rounds(10);
    EXPECT_EQ(CutOff(), who == 0 ? "x...." : "....x");
    fleet_.Reconnect(who);
    Rounds(1);
    EXPECT_EQ(CutOff(), ".....");
  }
}

TEST_F(FleetWitnessTest, WhereAllLoseTheBus_OneAfterTheOther_NobodyIsCutOff) {
  Rounds(1);
  for (int i = 0; i < kNodes; ++i) {
    fleet_.CutOff(i);
    if (i % 2 == 1) Rounds(1);
  }
  for (int i = 0; i < 10; ++i) {
    Rounds(1);
    EXPECT_EQ(CutOff(), ".....");
  }
}

TEST_F(FleetWitnessTest, WhereTheOthersLoseItToo_OrDie_PeopleMayComeBack) {
  Rounds(1);
  fleet_.CutOff(1);
  Rounds(FleetWitness::kSettle + 1);
  EXPECT_EQ(CutOff(), ".x...");
  for (const int other : {0, 2, 3, 4}) fleet_.CutOff(other);
  Rounds(FleetWitness::kSilence + 1);
  EXPECT_EQ(CutOff(), ".....");
}

TEST_F(FleetWitnessTest, WithoutTheStore_NothingNewIsBelieved) {
  Rounds(1);
  fleet_.CutOff(1);
  signs_.SetDown(true);
  Rounds(10);
  EXPECT_EQ(CutOff(), ".....");
}

}  // namespace
}  // namespace parley::app
