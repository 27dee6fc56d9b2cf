#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "bus/bus.h"

namespace parley::bus {

/// What goes wrong on a LossyBus, each in parts of 1,000 of the events that reach a subscriber.
struct Losses {
  int dropped = 0;
  int duplicated = 0;
  int overtaken = 0;  ///< comes behind the next one (which never comes: so does it not)
  int delayed = 0;    ///< comes `delay` later, whatever overtakes it
  std::chrono::milliseconds delay{5};
};

/// A bus, with losses between it and its subscribers: for tests of what must hold nevertheless.
/// The same seed loses the same events, where the same subscriptions get the same ones in the same
/// order. Losses may be changed at any time, on any thread.
class LossyBus : public Bus {
 public:
  LossyBus(Bus& bus, std::uint64_t seed, Losses losses);
  ~LossyBus() override;

  void Set(const Losses& losses);
  /// Tells all that events may have been lost.
  void Gap();
  /// How many times something went wrong.
  std::uint64_t count() const;

  std::unique_ptr<Subscription> Subscribe(UserId user, Subscriber& subscriber) override;
  std::unique_ptr<Subscription> Follow(ConversationId conversation,
                                       Subscriber& subscriber) override;
  runtime::Task<Status> Settle() override;
  void Publish(EventPtr event, Recipients recipients) override;
  std::unique_ptr<Subscription> OnGap(UniqueFunction<void()> gap) override;
  bool MayLose() const override { return true; }

 private:
  class State;
  class Lane;
  class LossySubscription;

  Bus& bus_;
  std::shared_ptr<State> state_;
};

}  // namespace parley::bus
