#include "bus/testing/bus_contract.h"

#include <utility>

namespace parley::bus {
namespace {

/// Remembers the seqs of what arrives, and on which shard.
class Recorder : public Subscriber {
 public:
  void OnEvent(const EventPtr& event) override {
    seqs.push_back(event->seq.value());
    shard = runtime::Shard::Current();
  }

  std::vector<std::uint64_t> seqs;
  runtime::Shard* shard = nullptr;
};

UserId User(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

EventPtr Change(std::uint64_t seq) {
  return std::make_shared<const Event>(
      Event{Event::Kind::kChange, ConversationId(), Seq(seq), wire::Frame(), {}});
}

Recipients To(std::vector<UserId> users) {
  return std::make_shared<const std::vector<UserId>>(std::move(users));
}

}  // namespace

BusContract::BusContract() : bus_(GetParam().make({&first_, &second_})) {}

void BusContract::On(runtime::Shard& shard, std::function<void()> work) {
  bool ran = false;
  shard.Post([&] {
    work();
    ran = true;
  });
  RunUntil([&ran] { return ran; });
}

TEST_P(BusContract, Publish_ReachesEverySubscriberOfEachRecipientOnItsShard) {
  Recorder ann_here;
  Recorder ann_there;
  Recorder bo_there;
  std::vector<std::unique_ptr<Subscription>> here;
  std::vector<std::unique_ptr<Subscription>> there;
  On(first_, [&] { here.push_back(bus_->Subscribe(User(1), ann_here)); });
  On(second_, [&] {
    there.push_back(bus_->Subscribe(User(1), ann_there));
    there.push_back(bus_->Subscribe(User(2), bo_there));
  });
  On(first_, [&] { bus_->Publish(Change(7), To({User(1), User(2)})); });
  RunUntil(
      [&] { return !ann_here.seqs.empty() && !ann_there.seqs.empty() && !bo_there.seqs.empty(); });
  EXPECT_EQ(ann_here.shard, &first_);
  EXPECT_EQ(ann_there.shard, &second_);
  EXPECT_EQ(bo_there.shard, &second_);
  On(first_, [&] { here.clear(); });
  On(second_, [&] { there.clear(); });
}

TEST_P(BusContract, Publish_OthersThanTheRecipientsGetNothing) {
  Recorder ann;
  Recorder bo;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  On(first_, [&] {
    subscriptions.push_back(bus_->Subscribe(User(1), ann));
    subscriptions.push_back(bus_->Subscribe(User(2), bo));
    bus_->Publish(Change(1), To({User(1)}));
    bus_->Publish(Change(2), To({User(2)}));
  });
  RunUntil([&] { return !ann.seqs.empty() && !bo.seqs.empty(); });
  EXPECT_EQ(ann.seqs, std::vector<std::uint64_t>{1});
  EXPECT_EQ(bo.seqs, std::vector<std::uint64_t>{2});
  On(first_, [&] { subscriptions.clear(); });
}

TEST_P(BusContract, Publish_FromOneShard_ArrivesInOrder) {
  constexpr std::uint64_t kEvents = 1'000;
  Recorder ann;
  std::unique_ptr<Subscription> subscription;
  On(second_, [&] { subscription = bus_->Subscribe(User(1), ann); });
  On(first_, [&] {
    for (std::uint64_t seq = 1; seq <= kEvents; ++seq) {
      bus_->Publish(Change(seq), To({User(1)}));
    }
  });
  RunUntil([&] { return ann.seqs.size() == kEvents; });
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    ASSERT_EQ(ann.seqs[i], i + 1);
  }
  On(second_, [&] { subscription.reset(); });
}

TEST_P(BusContract, Publish_NeverCallsASubscriberFromWithin) {
  Recorder ann;
  std::unique_ptr<Subscription> subscription;
  On(first_, [&] {
    subscription = bus_->Subscribe(User(1), ann);
    bus_->Publish(Change(1), To({User(1)}));
    EXPECT_TRUE(ann.seqs.empty());
  });
  RunUntil([&] { return !ann.seqs.empty(); });
  On(first_, [&] { subscription.reset(); });
}

TEST_P(BusContract, Subscription_Ended_NothingArrivesAfter) {
  Recorder gone;
  Recorder stays;
  std::unique_ptr<Subscription> ends;
  std::unique_ptr<Subscription> lives;
  On(first_, [&] {
    ends = bus_->Subscribe(User(1), gone);
    lives = bus_->Subscribe(User(1), stays);
    bus_->Publish(Change(1), To({User(1)}));
    ends.reset();
  });
  RunUntil([&] { return !stays.seqs.empty(); });
  EXPECT_TRUE(gone.seqs.empty());
  On(first_, [&] { lives.reset(); });
}

}  // namespace parley::bus
