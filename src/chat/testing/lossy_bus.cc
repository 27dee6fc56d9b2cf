#include "chat/testing/lossy_bus.h"

#include <utility>

namespace parley::chat {
namespace {

/// Where what is for all members of a large conversation goes.
UserId AddressOf(ConversationId conversation) { return UserId(conversation.uuid()); }

class Filter : public bus::Subscriber, public bus::Subscription {
 public:
  Filter(std::function<bool(const bus::Event&)> lost, bus::Subscriber& to)
      : lost_(std::move(lost)), to_(to) {}
  void OnEvent(const bus::EventPtr& event) override {
    if (!lost_(*event)) to_.OnEvent(event);
  }

  std::unique_ptr<bus::Subscription> subscription;

 private:
  const std::function<bool(const bus::Event&)> lost_;
  bus::Subscriber& to_;
};

}  // namespace

struct LossyBus::GapListener {
  runtime::Shard* shard;
  UniqueFunction<void()> gap;
  bool ended = false;
};

struct LossyBus::GapSubscription : bus::Subscription {
  explicit GapSubscription(std::shared_ptr<GapListener> to) : listener(std::move(to)) {}
  ~GapSubscription() override { listener->ended = true; }
  GapSubscription(const GapSubscription&) = delete;
  GapSubscription& operator=(const GapSubscription&) = delete;

  std::shared_ptr<GapListener> listener;
};

std::unique_ptr<bus::Subscription> LossyBus::Wrap(UserId address, UserId user,
                                                  bus::Subscriber& subscriber) {
  auto filter = std::make_unique<Filter>(
      [this, user](const bus::Event& event) { return IsLost(user, event); }, subscriber);
  filter->subscription = bus_.Subscribe(address, *filter);
  return filter;
}

std::unique_ptr<bus::Subscription> LossyBus::Subscribe(UserId user, bus::Subscriber& subscriber) {
  return Wrap(user, user, subscriber);
}

std::unique_ptr<bus::Subscription> LossyBus::Follow(ConversationId conversation,
                                                    bus::Subscriber& subscriber) {
  return Wrap(AddressOf(conversation), UserId(), subscriber);
}

runtime::Task<Status> LossyBus::Settle() {
  ++settled;
  co_return Status::Ok();
}

void LossyBus::Publish(bus::EventPtr event, bus::Recipients recipients) {
  using Kind = bus::Event::Kind;
  const bool for_all =
      event->kind == Kind::kChange || event->kind == Kind::kHead || event->kind == Kind::kMomentary;
  if (for_all && recipients->size() > bus::kLargeConversation) {
    recipients = std::make_shared<const std::vector<UserId>>(1, AddressOf(event->conversation));
  }
  bus_.Publish(std::move(event), std::move(recipients));
}

std::unique_ptr<bus::Subscription> LossyBus::OnGap(UniqueFunction<void()> gap) {
  auto listener = std::make_shared<GapListener>(runtime::Shard::Current(), std::move(gap));
  gap_listeners_.push_back(listener);
  return std::make_unique<GapSubscription>(std::move(listener));
}

void LossyBus::Gap() {
  std::erase_if(gap_listeners_, [](const auto& listener) { return listener->ended; });
  for (const std::shared_ptr<GapListener>& listener : gap_listeners_) {
    listener->shard->Post([listener] {
      if (!listener->ended) listener->gap();
    });
  }
}

}  // namespace parley::chat
