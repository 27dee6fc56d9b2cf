#include "bus/testing/lossy_bus.h"

#include <atomic>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "bus/shard_signal.h"
#include "runtime/shard.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {

class LossyBus::State {
 public:
  State(std::uint64_t seed, const Losses& losses) : seed_(seed), losses_(losses) {}

  Losses losses() const {
    const std::lock_guard lock(mutex_);
    return losses_;
  }
  void Set(const Losses& losses) {
    const std::lock_guard lock(mutex_);
    losses_ = losses;
  }
  std::uint64_t NextSeed() { return seed_ + lanes_++ * 0x9E3779B97F4A7C15ULL; }

  std::atomic<std::uint64_t> count{0};
  ShardSignal gap;

 private:
  const std::uint64_t seed_;
  std::atomic<std::uint64_t> lanes_{0};
  mutable std::mutex mutex_;
  Losses losses_;
};

/// The way of the events to one subscriber; on its shard.
class LossyBus::Lane : public Subscriber, public std::enable_shared_from_this<Lane> {
 public:
  Lane(std::shared_ptr<State> state, Subscriber& to)
      : state_(std::move(state)), to_(&to), random_(state_->NextSeed()) {}

  void OnEvent(const EventPtr& event) override {
    if (to_ == nullptr) return;
    const Losses losses = state_->losses();
    constexpr int kAll = 1'000;
    auto roll = static_cast<int>(random_() % kAll);
    const auto falls_on = [&roll](int part) { return std::exchange(roll, roll - part) < part; };
    // What waited to be overtaken comes behind this one.
    const std::vector<EventPtr> waiting = std::exchange(waiting_, {});
    if (falls_on(losses.dropped)) {
      ++state_->count;
    } else if (falls_on(losses.duplicated)) {
      ++state_->count;
      to_->OnEvent(event);
      to_->OnEvent(event);
    } else if (falls_on(losses.overtaken)) {
      ++state_->count;
      waiting_.push_back(event);
    } else if (falls_on(losses.delayed)) {
      ++state_->count;
      runtime::Spawn(*runtime::Shard::Current(), "lossy bus",
                     Later(weak_from_this(), event, losses.delay));
    } else {
      to_->OnEvent(event);
    }
    for (const EventPtr& late : waiting) to_->OnEvent(late);
  }

  void End() { to_ = nullptr; }

 private:
  static runtime::Task<void> Later(std::weak_ptr<Lane> lane, EventPtr event,
                                   std::chrono::milliseconds delay) {
    co_await runtime::Sleep(delay);
    const std::shared_ptr<Lane> self = lane.lock();
    if (self && self->to_ != nullptr) self->to_->OnEvent(event);
  }

  const std::shared_ptr<State> state_;
  Subscriber* to_;
  std::mt19937_64 random_;
  std::vector<EventPtr> waiting_;
};

class LossyBus::LossySubscription : public Subscription {
 public:
  LossySubscription(std::shared_ptr<Lane> lane, std::unique_ptr<Subscription> subscription)
      : lane_(std::move(lane)), subscription_(std::move(subscription)) {}
  ~LossySubscription() override { lane_->End(); }
  LossySubscription(const LossySubscription&) = delete;
  LossySubscription& operator=(const LossySubscription&) = delete;

 private:
  const std::shared_ptr<Lane> lane_;
  const std::unique_ptr<Subscription> subscription_;  // ends before the lane
};

LossyBus::LossyBus(Bus& bus, std::uint64_t seed, Losses losses)
    : bus_(bus), state_(std::make_shared<State>(seed, losses)) {}

LossyBus::~LossyBus() = default;

void LossyBus::Set(const Losses& losses) { state_->Set(losses); }

void LossyBus::Gap() { state_->gap.Fire(); }

std::uint64_t LossyBus::count() const { return state_->count; }

std::unique_ptr<Subscription> LossyBus::Subscribe(UserId user, Subscriber& subscriber) {
  auto lane = std::make_shared<Lane>(state_, subscriber);
  auto subscription = bus_.Subscribe(user, *lane);
  return std::make_unique<LossySubscription>(std::move(lane), std::move(subscription));
}

std::unique_ptr<Subscription> LossyBus::Follow(ConversationId conversation,
                                               Subscriber& subscriber) {
  auto lane = std::make_shared<Lane>(state_, subscriber);
  auto subscription = bus_.Follow(conversation, *lane);
  return std::make_unique<LossySubscription>(std::move(lane), std::move(subscription));
}

runtime::Task<Status> LossyBus::Settle() { return bus_.Settle(); }

void LossyBus::Publish(EventPtr event, Recipients recipients) {
  bus_.Publish(std::move(event), std::move(recipients));
}

std::unique_ptr<Subscription> LossyBus::OnGap(UniqueFunction<void()> gap) {
  return state_->gap.Listen(std::move(gap));
}

}  // namespace parley::bus
