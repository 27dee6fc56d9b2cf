#include "bus/testing/lossy_bus.h"

#include <algorithm>
#include <set>
#include <utility>

#include "bus/local/local_bus.h"
#include "bus/testing/bus_contract.h"

namespace parley::bus {
namespace {

/// A lossy bus without losses, and the bus that it needs.
class Lossless : public LossyBus {
 public:
  explicit Lossless(std::unique_ptr<Bus> bus) : LossyBus(*bus, 1, {}), inner_(std::move(bus)) {}

 private:
  const std::unique_ptr<Bus> inner_;
};

INSTANTIATE_TEST_SUITE_P(Lossless, BusContract,
                         testing::Values(BusFactory{
                             "lossless", [](std::vector<runtime::Shard*> shards) {
                               return std::make_unique<Lossless>(
                                   std::make_unique<LocalBus>(std::move(shards)));
                             }}));

class Recorder : public Subscriber {
 public:
  void OnEvent(const EventPtr& event) override { seqs.push_back(event->seq.value()); }
  std::vector<std::uint64_t> seqs;
};

class LossyBusTest : public testing::Test, protected TwoShards {
 protected:
  static constexpr std::uint64_t kEvents = 2'000;

  /// What arrives of 1, 2, … kEvents.
  std::vector<std::uint64_t> Through(std::uint64_t seed, Losses losses) {
    LocalBus local({&first_, &second_});
    LossyBus lossy(local, seed, losses);
    Recorder ann;
    std::unique_ptr<Subscription> subscription;
    first_.Post([&] {
      subscription = lossy.Subscribe(UserId(), ann);
      const auto to = std::make_shared<const std::vector<UserId>>(1);
      for (std::uint64_t seq = 1; seq <= kEvents; ++seq) {
        Event event;
        event.seq = Seq(seq);
        lossy.Publish(std::make_shared<const Event>(std::move(event)), to);
      }
    });
    while (first_.RunUntilIdle()) {
    }
    if (losses.delayed > 0) RunUntil([&] { return ann.seqs.size() == kEvents; });
    EXPECT_GT(lossy.count(), 0U);
    first_.Post([&] { subscription.reset(); });
    while (first_.RunUntilIdle()) {
    }
    return ann.seqs;
  }
};

TEST_F(LossyBusTest, SomeAreDropped_TheSameOnesForTheSameSeed) {
  const auto seqs = Through(7, {.dropped = 100});
  EXPECT_NEAR(static_cast<double>(seqs.size()), kEvents * 0.9, kEvents * 0.04);
  EXPECT_TRUE(std::ranges::is_sorted(seqs));
  EXPECT_EQ(seqs, Through(7, {.dropped = 100}));
  EXPECT_NE(seqs, Through(8, {.dropped = 100}));
}

TEST_F(LossyBusTest, SomeComeTwice) {
  const auto seqs = Through(7, {.duplicated = 100});
  EXPECT_GT(seqs.size(), kEvents);
  EXPECT_EQ(std::set(seqs.begin(), seqs.end()).size(), kEvents);
}

TEST_F(LossyBusTest, SomeAreOvertaken) {
  const auto seqs = Through(7, {.overtaken = 100});
  EXPECT_FALSE(std::ranges::is_sorted(seqs));
  EXPECT_GE(seqs.size(), kEvents - 1);
}

TEST_F(LossyBusTest, SomeAreLate_AndNoneIsLost) {
  const auto seqs = Through(7, {.delayed = 100, .delay = std::chrono::milliseconds(1)});
  EXPECT_FALSE(std::ranges::is_sorted(seqs));
  EXPECT_EQ(std::set(seqs.begin(), seqs.end()).size(), kEvents);
}

TEST_F(LossyBusTest, AGapIsTold) {
  LocalBus local({&first_, &second_});
  LossyBus lossy(local, 1, {});
  int gaps = 0;
  std::unique_ptr<Subscription> subscription;
  first_.Post([&] { subscription = lossy.OnGap([&] { ++gaps; }); });
  while (first_.RunUntilIdle()) {
  }
  lossy.Gap();
  while (first_.RunUntilIdle()) {
  }
  EXPECT_EQ(gaps, 1);
  first_.Post([&] { subscription.reset(); });
  while (first_.RunUntilIdle()) {
  }
}

}  // namespace
}  // namespace parley::bus
