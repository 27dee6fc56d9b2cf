#pragma once

#include <memory>

#include "base/function.h"
#include "bus/bus.h"

namespace parley::bus {

/// Tells shards that something happened: each listener is called on the shard on which it listens,
/// soon after each Fire, until its subscription ends. Several firings may arrive as fewer calls.
class ShardSignal {
 public:
  ShardSignal();
  ~ShardSignal();
  ShardSignal(const ShardSignal&) = delete;
  ShardSignal& operator=(const ShardSignal&) = delete;

  /// Must be called on a shard. The subscription may outlive the signal.
  std::unique_ptr<Subscription> Listen(UniqueFunction<void()> call);

  /// Any thread; calls nobody from within.
  void Fire();

 private:
  class State;
  class Registration;

  std::shared_ptr<State> state_;
};

}  // namespace parley::bus
