#include "limits/keyed_slots.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/spawn.h"
#include "runtime/testing/run_task.h"

namespace parley::limits {
namespace {

using runtime::Task;
using testing::ElementsAre;
using testing::IsEmpty;
using Slot = KeyedSlots::Slot;

class KeyedSlotsTest : public testing::Test {
 protected:
  /// Asks for a slot; what becomes of it is noted under `name`.
  void Ask(const std::string& name, const ClientAddress& address) {
    runtime::Spawn(shard_, "ask", Enter(this, name, address));
    shard_.RunUntilIdle();
  }
  static Task<void> Enter(KeyedSlotsTest* self, std::string name, ClientAddress address) {
    Result<Slot> slot = co_await self->slots_.Enter(address);
    self->told_.push_back(name + " " + std::string(StatusCodeName(slot.status().code())));
    if (slot.ok()) self->held_.push_back(*std::move(slot));
  }
  /// The one that holds a slot longest gives it up.
  void LeaveFirst() {
    held_.erase(held_.begin());
    shard_.RunUntilIdle();
  }
  std::vector<std::string> Told() { return std::exchange(told_, {}); }

  const ClientAddress here_ = *ClientAddress::Parse("192.0.2.1");
  const ClientAddress there_ = *ClientAddress::Parse("192.0.2.2");
  KeyedSlots slots_{{.per_address = 2, .waiting_per_address = 2, .waiting = 3}};
  runtime::Shard shard_;
  std::vector<std::string> told_;
  std::vector<Slot> held_;
};

TEST_F(KeyedSlotsTest, Enter_WaitsInOrderForAPlace) {
  for (const char* name : {"a", "b", "c", "d"}) Ask(name, here_);
  EXPECT_THAT(Told(), ElementsAre("a OK", "b OK"));
  EXPECT_EQ(slots_.waiting(), 2U);
  LeaveFirst();
  EXPECT_THAT(Told(), ElementsAre("c OK"));
  LeaveFirst();
  EXPECT_THAT(Told(), ElementsAre("d OK"));
  EXPECT_EQ(slots_.waiting(), 0U);
  EXPECT_EQ(slots_.held(), 2U);
  held_.clear();
  EXPECT_EQ(slots_.held(), 0U);
}

TEST_F(KeyedSlotsTest, OneAddress_DoesNotKeepOthersWaiting) {
  for (const char* name : {"a", "b", "c", "d"}) Ask(name, here_);
  EXPECT_THAT(Told(), ElementsAre("a OK", "b OK"));
  Ask("e", there_);
  EXPECT_THAT(Told(), ElementsAre("e OK"));
}

TEST_F(KeyedSlotsTest, TooManyWaiting_AreRefused) {
  for (const char* name : {"a", "b", "c", "d"}) Ask(name, here_);
  Told();
  Ask("e", here_);
  EXPECT_THAT(Told(), ElementsAre("e RATE_LIMITED"));
  for (const char* name : {"f", "g", "h"}) Ask(name, there_);
  EXPECT_THAT(Told(), ElementsAre("f OK", "g OK"));
  Ask("i", there_);
  EXPECT_THAT(Told(), ElementsAre("i UNAVAILABLE"));
}

TEST_F(KeyedSlotsTest, TryEnter_DoesNotWait) {
  constexpr std::size_t kMany = 100;
  std::optional<Slot> one = slots_.TryEnter(here_, kMany);
  const std::optional<Slot> other = slots_.TryEnter(here_, kMany);
  EXPECT_TRUE(one && other);
  EXPECT_FALSE(slots_.TryEnter(here_, kMany));
  one.reset();
  EXPECT_TRUE(slots_.TryEnter(here_, kMany));
}

TEST_F(KeyedSlotsTest, TryEnter_WhileManyAreHeld_OneOfEachAddress) {
  constexpr std::size_t kMany = 1;
  std::optional<Slot> here = slots_.TryEnter(here_, kMany);
  EXPECT_TRUE(here);
  EXPECT_FALSE(slots_.TryEnter(here_, kMany));
  const std::optional<Slot> there = slots_.TryEnter(there_, kMany);
  EXPECT_TRUE(there) << "the others cannot take its first one away";
  EXPECT_FALSE(slots_.TryEnter(there_, kMany));
  here.reset();
  EXPECT_TRUE(slots_.TryEnter(here_, kMany));
}

TEST_F(KeyedSlotsTest, TheEndOfTheShard_LosesNoSlot) {
  {
    runtime::Shard other;
    runtime::Spawn(other, "ask", Enter(this, "a", here_));
    runtime::Spawn(other, "ask", Enter(this, "b", here_));
    other.RunUntilIdle();
    runtime::Spawn(other, "ask", Enter(this, "c", here_));
    other.RunUntilIdle();
    other.Stop();
    held_.clear();  // c would be next, but nobody is there
  }
  EXPECT_THAT(Told(), ElementsAre("a OK", "b OK"));
  EXPECT_THAT(held_, IsEmpty());
  EXPECT_EQ(slots_.held(), 0U);
  EXPECT_EQ(slots_.waiting(), 0U);
}

}  // namespace
}  // namespace parley::limits
