#include "bus/local/subscriber_table.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::bus {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kPeople = 3 * kLargeConversation;

template <typename Id>
Id Numbered(std::size_t number) {
  Uuid::Bytes bytes{};
  bytes[0] = static_cast<std::uint8_t>(number);
  bytes[1] = static_cast<std::uint8_t>(number >> 8U);
  return Id(Uuid(bytes));
}

class Recorder : public Subscriber {
 public:
  void OnEvent(const EventPtr& event) override {
    seqs.push_back(event->seq.value());
    if (on_event) on_event();
  }
  std::vector<std::uint64_t> seqs;
  std::function<void()> on_event;
};

class SubscriberTableTest : public testing::Test {
 protected:
  explicit SubscriberTableTest(std::chrono::milliseconds pace = std::chrono::milliseconds(0))
      : table_(shard_, pace), people_(kPeople) {
    std::vector<UserId> users;
    for (std::size_t i = 0; i < kPeople; ++i) {
      users.push_back(Numbered<UserId>(i));
      table_.Add(users.back(), &people_[i]);
    }
    everybody_ = std::make_shared<const std::vector<UserId>>(std::move(users));
  }

  void Deliver(std::size_t conversation, std::uint64_t seq, const Recipients& recipients) {
    table_.Deliver(
        std::make_shared<const Event>(Event{.kind = Event::Kind::kChange,
                                            .conversation = Numbered<ConversationId>(conversation),
                                            .seq = Seq(seq),
                                            .frame = wire::Frame(),
                                            .sessions = {}}),
        recipients);
  }

  static Recipients To(std::size_t person) {
    return std::make_shared<const std::vector<UserId>>(1, Numbered<UserId>(person));
  }

  runtime::Shard shard_;
  SubscriberTable table_;
  std::deque<Recorder> people_;
  Recipients everybody_;
};

TEST_F(SubscriberTableTest, Deliver_ToMany_TellsEachOnceAndNotAllInOneGo) {
  Deliver(1, 1, everybody_);
  bool in_between = false;
  shard_.Post([&] { in_between = people_.front().seqs.size() > people_.back().seqs.size(); });
  shard_.RunUntilIdle();
  EXPECT_TRUE(in_between);
  for (const Recorder& person : people_) EXPECT_THAT(person.seqs, ElementsAre(1));
}

TEST_F(SubscriberTableTest, Deliver_BehindSuchOfTheSameConversation_StaysInOrderForEach) {
  Deliver(1, 1, everybody_);
  Deliver(1, 2, To(kPeople - 1));
  Deliver(1, 3, everybody_);
  Deliver(1, 4, everybody_);
  shard_.RunUntilIdle();
  EXPECT_THAT(people_.front().seqs, ElementsAre(1, 3, 4));
  EXPECT_THAT(people_.back().seqs, ElementsAre(1, 2, 3, 4));
}

TEST_F(SubscriberTableTest, Deliver_OfAnotherConversation_DoesNotWait) {
  Deliver(1, 1, everybody_);
  Deliver(2, 2, To(kPeople - 1));
  EXPECT_THAT(people_.back().seqs, ElementsAre(2));
  shard_.RunUntilIdle();
  EXPECT_THAT(people_.back().seqs, ElementsAre(2, 1));
}

TEST_F(SubscriberTableTest, Deliver_SeveralToTheSame_TellsEachPersonAllOfThemAtOnce) {
  Deliver(1, 1, everybody_);
  Deliver(1, 2, everybody_);
  Deliver(1, 3, everybody_);
  std::vector<std::uint64_t> next_has;
  people_[0].on_event = [&] {
    if (people_[0].seqs.back() == 3) next_has = people_[1].seqs;
  };
  shard_.RunUntilIdle();
  EXPECT_TRUE(next_has.empty());
  for (const Recorder& person : people_) EXPECT_THAT(person.seqs, ElementsAre(1, 2, 3));
}

class PatientTableTest : public SubscriberTableTest {
 protected:
  // Longer than any machine has been up: its clock may begin there.
  PatientTableTest() : SubscriberTableTest(std::chrono::hours(100'000)) {}
};

TEST_F(PatientTableTest, Deliver_ToMany_GoesAtOnceWhereNothingWentBefore) {
  Deliver(1, 1, everybody_);
  shard_.RunUntilIdle();
  for (const Recorder& person : people_) EXPECT_THAT(person.seqs, ElementsAre(1));
}

TEST_F(PatientTableTest, Deliver_ToManySoonAfterAnother_Waits) {
  Deliver(1, 1, everybody_);
  shard_.RunUntilIdle();
  Deliver(1, 2, everybody_);
  Deliver(1, 3, To(0));
  Deliver(2, 4, everybody_);
  shard_.RunUntilIdle();
  for (const Recorder& person : people_) EXPECT_THAT(person.seqs, ElementsAre(1, 4));
}

TEST_F(PatientTableTest, Deliver_OfManyConversations_EachOnItsOwn) {
  constexpr std::size_t kConversations = 300;
  for (std::size_t i = 0; i < kConversations; ++i) Deliver(i, i + 1, everybody_);
  shard_.RunUntilIdle();
  for (const Recorder& person : people_) EXPECT_EQ(person.seqs.size(), kConversations);
}

class QuickTableTest : public SubscriberTableTest {
 protected:
  static constexpr std::chrono::milliseconds kQuick{3};
  QuickTableTest() : SubscriberTableTest(kQuick) {}
};

TEST_F(QuickTableTest, Deliver_OfManyConversations_WhatIsForgottenIsToldAgain) {
  constexpr std::size_t kConversations = 300;
  for (std::size_t seq = 1; seq <= 3; ++seq) {
    for (std::size_t i = 0; i < kConversations; ++i) Deliver(i, seq, everybody_);
    while (people_.back().seqs.size() < seq * kConversations) shard_.RunUntilIdle();
  }
  for (const Recorder& person : people_) EXPECT_EQ(person.seqs.size(), 3 * kConversations);
}

TEST_F(QuickTableTest, Deliver_ManyTimesToMany_EachHasAllInOrder) {
  constexpr std::uint64_t kEvents = 500;
  std::vector<std::uint64_t> all;
  const auto everybody_has_all = [&] {
    return std::all_of(people_.begin(), people_.end(),
                       [&](const Recorder& person) { return person.seqs.size() >= all.size(); });
  };
  for (std::uint64_t seq = 1; seq <= kEvents; ++seq) {
    all.push_back(seq);
    Deliver(1, seq, everybody_);
    shard_.RunUntilIdle();
  }
  while (!everybody_has_all()) shard_.RunUntilIdle();
  for (const Recorder& person : people_) EXPECT_EQ(person.seqs, all);
}

TEST_F(SubscriberTableTest, Remove_BetweenTwoPieces_IsNotToldAnyMore) {
  Deliver(1, 1, everybody_);
  table_.Remove(Numbered<UserId>(kPeople - 1), &people_.back());
  shard_.RunUntilIdle();
  EXPECT_TRUE(people_.back().seqs.empty());
  EXPECT_THAT(people_[kPeople - 2].seqs, ElementsAre(1));
}

TEST_F(SubscriberTableTest, Add_ASecondDevice_BothAreTold) {
  Recorder second;
  table_.Add(Numbered<UserId>(0), &second);
  Deliver(1, 1, To(0));
  EXPECT_THAT(people_.front().seqs, ElementsAre(1));
  EXPECT_THAT(second.seqs, ElementsAre(1));
  table_.Remove(Numbered<UserId>(0), &people_.front());
  Deliver(1, 2, To(0));
  EXPECT_THAT(people_.front().seqs, ElementsAre(1));
  EXPECT_THAT(second.seqs, ElementsAre(1, 2));
}

}  // namespace
}  // namespace parley::bus
