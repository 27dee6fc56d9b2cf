#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bus/bus.h"
#include "metrics/hot_counter.h"
#include "runtime/shard.h"

namespace parley::bus {

class SubscriberTable;

/// The bus of a single process: one table of subscribers per shard, touched on that shard alone; a
/// publication costs one message per shard, whatever the number of recipients. Loses nothing.
class LocalBus : public Bus {
 public:
  /// The shards must outlive the bus, and be stopped before it is destroyed.
  explicit LocalBus(std::vector<runtime::Shard*> shards);
  ~LocalBus() override;

  std::unique_ptr<Subscription> Subscribe(UserId user, Subscriber& subscriber) override;
  std::unique_ptr<Subscription> Follow(ConversationId conversation,
                                       Subscriber& subscriber) override;
  runtime::Task<Status> Settle() override;
  void Publish(EventPtr event, Recipients recipients) override;
  std::unique_ptr<Subscription> OnGap(UniqueFunction<void()> gap) override;
  bool MayLose() const override { return false; }

  /// How many events were published. Any thread.
  std::uint64_t published() const { return published_.Get(); }

 private:
  metrics::HotCounter published_;
  std::vector<runtime::Shard*> shards_;
  std::vector<std::unique_ptr<SubscriberTable>> tables_;  // one per shard, in their order
};

}  // namespace parley::bus
