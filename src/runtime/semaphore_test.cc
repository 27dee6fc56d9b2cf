#include "runtime/semaphore.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/spawn.h"

namespace parley::runtime {
namespace {

using testing::ElementsAre;

class SemaphoreTest : public testing::Test {
 protected:
  /// Somebody who stays until they are sent out.
  void Come(int who) {
    Spawn(shard_, "test", Stay(&semaphore_, who, this));
    shard_.RunUntilIdle();
  }
  void Go(int who) {
    inside_.at(who).reset();
    shard_.RunUntilIdle();
  }
  static Task<void> Stay(Semaphore* semaphore, int who, SemaphoreTest* test) {
    Semaphore::Place place = co_await Enter(semaphore);
    test->entered_.push_back(who);
    test->inside_[who].emplace(std::move(place));
  }

  Shard shard_;
  Semaphore semaphore_{2};
  std::vector<int> entered_;
  std::map<int, std::optional<Semaphore::Place>> inside_;
};

TEST_F(SemaphoreTest, LetsSoManyThrough_AndTheOthersInTheirOrder) {
  for (int who = 1; who <= 5; ++who) Come(who);
  EXPECT_THAT(entered_, ElementsAre(1, 2));
  EXPECT_EQ(semaphore_.waiting(), 3U);
  Go(2);
  EXPECT_THAT(entered_, ElementsAre(1, 2, 3));
  Go(3);
  Go(1);
  EXPECT_THAT(entered_, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(semaphore_.waiting(), 0U);
  Go(4);
  Go(5);
  Come(6);
  Come(7);
  Come(8);
  EXPECT_THAT(entered_, ElementsAre(1, 2, 3, 4, 5, 6, 7));
  Go(6);
  EXPECT_EQ(entered_.back(), 8);
}

TEST_F(SemaphoreTest, Closed_LetsThroughWhoWaits_AndWhoComesLater_WithoutAPlace) {
  for (int who = 1; who <= 4; ++who) Come(who);
  EXPECT_THAT(entered_, ElementsAre(1, 2));
  semaphore_.Close();
  shard_.RunUntilIdle();
  Come(5);
  EXPECT_THAT(entered_, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(semaphore_.waiting(), 0U);
  inside_.clear();
}

TEST_F(SemaphoreTest, WithoutOne_OrWithoutPlaces_NobodyWaits) {
  Spawn(shard_, "test", Stay(nullptr, 1, this));
  Semaphore open(0);
  for (int who = 2; who <= 50; ++who) Spawn(shard_, "test", Stay(&open, who, this));
  shard_.RunUntilIdle();
  EXPECT_EQ(entered_.size(), 50U);
  inside_.clear();
}

}  // namespace
}  // namespace parley::runtime
