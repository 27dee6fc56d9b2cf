#include "bus/testing/joined_bus_contract.h"

#include <optional>
#include <utility>

#include "runtime/spawn.h"

namespace parley::bus {
namespace {

constexpr std::size_t kHuge = 1'000;

/// Remembers what arrives.
class Recorder : public Subscriber {
 public:
  void OnEvent(const EventPtr& event) override {
    events.push_back(event);
    shard = runtime::Shard::Current();
  }
  std::vector<std::uint64_t> seqs() const {
    std::vector<std::uint64_t> seqs;
    seqs.reserve(events.size());
    for (const EventPtr& event : events) seqs.push_back(event->seq.value());
    return seqs;
  }
  bool Has(std::uint64_t seq) const { return !events.empty() && events.back()->seq == Seq(seq); }

  std::vector<EventPtr> events;
  runtime::Shard* shard = nullptr;
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

EventPtr Change(std::uint64_t seq) {
  return std::make_shared<const Event>(Event{Event::Kind::kChange,
                                             TheConversation(),
                                             Seq(seq),
                                             wire::Frame::Text(R"({"type":"change"})"),
                                             {}});
}

Recipients To(std::vector<UserId> users) {
  return std::make_shared<const std::vector<UserId>>(std::move(users));
}

Recipients ToFirst(std::size_t count) {
  std::vector<UserId> users;
  users.reserve(count);
  for (std::size_t i = 1; i <= count; ++i) users.push_back(User(i));
  return To(std::move(users));
}

}  // namespace

// A bus of one process has no other to reach.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JoinedBusContract);

JoinedBusContract::JoinedBusContract() : buses_(GetParam().make(&first_, &second_)) {}

void JoinedBusContract::On(runtime::Shard& shard, std::function<void()> work) {
  bool ran = false;
  shard.Post([&] {
    work();
    ran = true;
  });
  RunUntil([&ran] { return ran; });
}

void JoinedBusContract::Settle() {
  std::optional<Status> settled;
  runtime::Spawn(second_, "settle",
                 [](Bus* bus, std::optional<Status>* out) -> runtime::Task<void> {
                   out->emplace(co_await bus->Settle());
                 }(&there(), &settled));
  RunUntil([&settled] { return settled.has_value(); });
  ASSERT_TRUE(settled->ok()) << settled->ToString();
}

TEST_P(JoinedBusContract, Publish_ReachesTheOtherProcess_AsItIs) {
  Recorder ann;
  std::unique_ptr<Subscription> subscription;
  On(second_, [&] { subscription = there().Subscribe(User(1), ann); });
  Settle();
  On(first_, [&] {
    Event ended{Event::Kind::kSessionsEnded, ConversationId(), Seq(), wire::Frame(), {SessionId()}};
    here().Publish(std::make_shared<const Event>(std::move(ended)), To({User(1)}));
    here().Publish(Change(7), To({User(2), User(1)}));
  });
  RunUntil([&] { return ann.Has(7); });
  ASSERT_EQ(ann.events.size(), 2U);
  EXPECT_EQ(ann.events[0]->kind, Event::Kind::kSessionsEnded);
  EXPECT_EQ(ann.events[0]->sessions.size(), 1U);
  EXPECT_EQ(ann.events[1]->kind, Event::Kind::kChange);
  EXPECT_EQ(ann.events[1]->conversation, TheConversation());
  EXPECT_EQ(ann.events[1]->frame.payload(), R"({"type":"change"})");
  EXPECT_EQ(ann.shard, &second_);
  On(second_, [&] { subscription.reset(); });
}

TEST_P(JoinedBusContract, Publish_ReachesBothProcesses_EachSubscriberOnce) {
  Recorder ann_here;
  Recorder ann_there;
  std::unique_ptr<Subscription> mine;
  std::unique_ptr<Subscription> other;
  On(first_, [&] { mine = here().Subscribe(User(1), ann_here); });
  On(second_, [&] { other = there().Subscribe(User(1), ann_there); });
  Settle();
  On(first_, [&] {
    here().Publish(Change(1), To({User(1)}));
    here().Publish(Change(2), To({User(1)}));
  });
  RunUntil([&] { return ann_here.Has(2) && ann_there.Has(2); });
  EXPECT_EQ(ann_here.seqs(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(ann_there.seqs(), (std::vector<std::uint64_t>{1, 2}));
  On(first_, [&] { mine.reset(); });
  On(second_, [&] { other.reset(); });
}

TEST_P(JoinedBusContract, Publish_ManyFromOneShard_ArriveInOrder) {
  constexpr std::uint64_t kEvents = 2'000;
  Recorder ann;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  On(second_, [&] {
    subscriptions.push_back(there().Subscribe(User(1), ann));
    subscriptions.push_back(there().Follow(TheConversation(), ann));
  });
  Settle();
  // In turn to the person, and to all who follow: one order all the same.
  const Recipients huge = ToFirst(kHuge);
  const Recipients one = To({User(1)});
  On(first_, [&] {
    for (std::uint64_t seq = 1; seq <= kEvents; ++seq) {
      here().Publish(Change(seq), seq % 2 == 0 ? huge : one);
    }
  });
  RunUntil([&] { return ann.Has(kEvents); });
  const std::vector<std::uint64_t> seqs = ann.seqs();
  ASSERT_EQ(seqs.size(), kEvents);
  for (std::uint64_t i = 0; i < kEvents; ++i) ASSERT_EQ(seqs[i], i + 1);
  On(second_, [&] { subscriptions.clear(); });
}

TEST_P(JoinedBusContract, Large_ReachesWhoFollows_AndNobodyElse) {
  Recorder follows;
  Recorder does_not;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  On(second_, [&] {
    subscriptions.push_back(there().Subscribe(User(1), follows));
    subscriptions.push_back(there().Follow(TheConversation(), follows));
    subscriptions.push_back(there().Subscribe(User(2), does_not));
  });
  Settle();
  On(first_, [&] {
    here().Publish(Change(1), ToFirst(kHuge));
    here().Publish(Change(2), To({User(1), User(2)}));
  });
  RunUntil([&] { return follows.Has(2) && does_not.Has(2); });
  EXPECT_EQ(follows.seqs(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(does_not.seqs(), std::vector<std::uint64_t>{2});
  On(second_, [&] { subscriptions.clear(); });
}

TEST_P(JoinedBusContract, Large_InItsOwnProcess_ComesOnce) {
  Recorder ann;
  Recorder stranger;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  On(first_, [&] {
    subscriptions.push_back(here().Subscribe(User(1), ann));
    subscriptions.push_back(here().Follow(TheConversation(), ann));
  });
  On(second_, [&] { subscriptions.push_back(there().Follow(TheConversation(), stranger)); });
  Settle();
  On(first_, [&] {
    here().Publish(Change(1), ToFirst(kHuge));
    here().Publish(Change(2), ToFirst(kHuge));
  });
  RunUntil([&] { return ann.Has(2) && stranger.Has(2); });
  EXPECT_EQ(ann.seqs(), (std::vector<std::uint64_t>{1, 2}));
  On(second_, [&] { subscriptions.pop_back(); });
  On(first_, [&] { subscriptions.clear(); });
}

TEST_P(JoinedBusContract, Large_Momentary_IsNotForWhomItExcepts) {
  Recorder ann;
  Recorder bo;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  On(second_, [&] {
    for (auto [user, recorder] : {std::pair{User(1), &ann}, std::pair{User(2), &bo}}) {
      subscriptions.push_back(there().Subscribe(user, *recorder));
      subscriptions.push_back(there().Follow(TheConversation(), *recorder));
    }
  });
  Settle();
  On(first_, [&] {
    Event typing{Event::Kind::kMomentary, TheConversation(), Seq(1), wire::Frame::Text("{}"), {}};
    typing.except = User(1);
    here().Publish(std::make_shared<const Event>(std::move(typing)), ToFirst(kHuge));
    here().Publish(Change(2), ToFirst(kHuge));
  });
  RunUntil([&] { return ann.Has(2) && bo.Has(2); });
  EXPECT_EQ(ann.seqs(), std::vector<std::uint64_t>{2});
  EXPECT_EQ(bo.seqs(), (std::vector<std::uint64_t>{1, 2}));
  On(second_, [&] { subscriptions.clear(); });
}

TEST_P(JoinedBusContract, Momentary_OfNoConversation_ReachesEachOfMany) {
  Recorder ann;
  std::unique_ptr<Subscription> subscription;
  On(second_, [&] { subscription = there().Subscribe(User(700), ann); });
  Settle();
  On(first_, [&] {
    Event profile{Event::Kind::kMomentary, ConversationId(), Seq(3), wire::Frame::Text("{}"), {}};
    here().Publish(std::make_shared<const Event>(std::move(profile)), ToFirst(kHuge));
  });
  RunUntil([&] { return ann.Has(3); });
  On(second_, [&] { subscription.reset(); });
}

TEST_P(JoinedBusContract, JustBecomeLarge_ReachesWhoDoesNotFollowYet) {
  Recorder ann;
  std::unique_ptr<Subscription> subscription;
  On(second_, [&] { subscription = there().Subscribe(User(1), ann); });
  Settle();
  On(first_, [&] {
    here().Publish(Change(1), ToFirst(kLargeConversation));
    here().Publish(Change(2), ToFirst(kLargeConversation + 1));
  });
  RunUntil([&] { return ann.Has(2); });
  EXPECT_EQ(ann.seqs(), (std::vector<std::uint64_t>{1, 2}));
  On(second_, [&] { subscription.reset(); });
}

TEST_P(JoinedBusContract, Subscription_Ended_NothingArrivesAfter) {
  Recorder gone;
  Recorder stays;
  std::vector<std::unique_ptr<Subscription>> end;
  std::vector<std::unique_ptr<Subscription>> live;
  On(second_, [&] {
    for (auto [recorder, out] : {std::pair{&gone, &end}, std::pair{&stays, &live}}) {
      out->push_back(there().Subscribe(User(1), *recorder));
      out->push_back(there().Follow(TheConversation(), *recorder));
    }
  });
  Settle();
  On(second_, [&] { end.clear(); });
  On(first_, [&] {
    here().Publish(Change(1), To({User(1)}));
    here().Publish(Change(2), ToFirst(kHuge));
  });
  RunUntil([&] { return stays.Has(2); });
  EXPECT_TRUE(gone.events.empty());
  On(second_, [&] { live.clear(); });
}

TEST_P(JoinedBusContract, MayLose) {
  EXPECT_TRUE(here().MayLose());
  EXPECT_TRUE(there().MayLose());
}

}  // namespace parley::bus
