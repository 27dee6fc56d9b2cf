#include "app/fleet_keeper.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/testing/fake_fleet.h"

namespace parley::app {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A fleet of two, of which the first looks at itself every millisecond.
class FleetKeeperTest : public testing::Test {
 protected:
  FleetKeeperTest() {
    fleet_.node(0).Start();
    fleet_.node(1).Start();
    keeper_.emplace(shard_, fleet_.node(0),
                    FleetKeeper::Calls{.check =
                                           [this] {
                                             ++looks_;
                                             return status_;
                                           },
                                       .others_take_people = [this] { return others_well_; },
                                       .send_away = [this] { sent_away_at_.push_back(looks_); }},
                    log_, milliseconds(1));
    keeper_->Start();
  }

  /// What the other node sees of the first.
  bool Draining() {
    const bus::FleetViewPtr view = fleet_.node(1).view();
    for (const bus::FleetView::Node& node : view->nodes) {
      if (node.id == fleet_.node(0).self()) return node.draining;
    }
    ADD_FAILURE() << "the node is gone";
    return false;
  }

  void RunLooks(int more) {
    const int until = looks_ + more;
    while (looks_ < until) {
      if (!shard_.RunUntilIdle()) std::this_thread::yield();
    }
  }

  bus::FakeFleet fleet_{2};
  runtime::Shard shard_;
  NullLogger log_;
  Status status_;
  bool others_well_ = true;
  int looks_ = 0;
  std::vector<int> sent_away_at_;  ///< the looks
  std::optional<FleetKeeper> keeper_;
};

TEST_F(FleetKeeperTest, WhoIsWell_TakesPart) {
  RunLooks(5);
  EXPECT_FALSE(Draining());
}

TEST_F(FleetKeeperTest, WhoIsNot_StepsBack_AndComesBack) {
  status_ = Unavailable("no database");
  RunLooks(1);
  EXPECT_FALSE(Draining()) << "one failure is no pattern";
  RunLooks(1);
  EXPECT_TRUE(Draining());
  status_ = Status::Ok();
  RunLooks(1);
  EXPECT_TRUE(Draining());
  RunLooks(1);
  EXPECT_FALSE(Draining());
}

TEST_F(FleetKeeperTest, WhoIsNot_SendsPeopleAway_AndWhoComesBackAgain) {
  status_ = Unavailable("no database");
  const int first = looks_ + 2 + FleetKeeper::kSendAwayAfter;
  RunLooks(2 + FleetKeeper::kSendAwayAfter - 1);
  EXPECT_THAT(sent_away_at_, IsEmpty()) << "it may be so everywhere";
  RunLooks(1 + FleetKeeper::kSendAwayAgain);
  EXPECT_THAT(sent_away_at_, ElementsAre(first, first + FleetKeeper::kSendAwayAgain));
  status_ = Status::Ok();
  RunLooks(2 + 2 * FleetKeeper::kSendAwayAgain);
  EXPECT_EQ(sent_away_at_.size(), 2);
}

TEST_F(FleetKeeperTest, WhereNobodyIsWell_PeopleStay) {
  others_well_ = false;
  status_ = Unavailable("no database");
  RunLooks(20);
  EXPECT_TRUE(Draining());
  EXPECT_THAT(sent_away_at_, IsEmpty());
  others_well_ = true;
  RunLooks(FleetKeeper::kSendAwayAfter);
  EXPECT_THAT(sent_away_at_, SizeIs(1));
}

TEST_F(FleetKeeperTest, WhoStops_DoesNotComeBack) {
  keeper_->Drain();
  const int looks = looks_;
  while (shard_.RunUntilIdle()) {
  }
  EXPECT_EQ(looks_, looks);
  EXPECT_TRUE(Draining());
}

}  // namespace
}  // namespace parley::app
