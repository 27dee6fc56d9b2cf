#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "bus/bus.h"
#include "bus/local/local_bus.h"
#include "runtime/shard.h"

namespace parley::chat {

/// A bus between the shards of a test that may lose what a test tells it to, and hands what is for
/// many to those who follow the conversation, as the one between machines does. Driven by one
/// thread.
class LossyBus : public bus::Bus {
 public:
  /// Whether this delivery is lost. Of what comes by following, `user` is nobody.
  using Loses = std::function<bool(UserId user, const bus::Event& event)>;

  explicit LossyBus(bus::LocalBus& bus) : bus_(bus) {}

  std::unique_ptr<bus::Subscription> Subscribe(UserId user, bus::Subscriber& subscriber) override;
  std::unique_ptr<bus::Subscription> Follow(ConversationId conversation,
                                            bus::Subscriber& subscriber) override;
  runtime::Task<Status> Settle() override;
  void Publish(bus::EventPtr event, bus::Recipients recipients) override;
  std::unique_ptr<bus::Subscription> OnGap(UniqueFunction<void()> gap) override;
  bool MayLose() const override { return true; }

  /// Tells everybody on their shards that they may have missed something.
  void Gap();

  Loses loses;  ///< null: nothing
  std::size_t settled = 0;

 private:
  struct GapListener;
  struct GapSubscription;

  bool IsLost(UserId user, const bus::Event& event) const { return loses && loses(user, event); }
  std::unique_ptr<bus::Subscription> Wrap(UserId address, UserId user, bus::Subscriber& subscriber);

  bus::LocalBus& bus_;
  std::vector<std::shared_ptr<GapListener>> gap_listeners_;
};

}  // namespace parley::chat
