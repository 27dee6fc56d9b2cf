#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "bus/bus.h"
#include "bus/local/shard_directory.h"
#include "metrics/hot_counter.h"
#include "runtime/shard.h"

namespace parley::bus {

class SubscriberTable;

/// The bus of a single process: one table of subscribers per shard, touched on that shard alone; a
/// publication costs one message per shard on which a recipient is, whatever their number. Loses
/// nothing.
class LocalBus : public Bus {
 public:
  /// How often a large audience is told, at most: nobody sees it, and a busy group costs a
  /// fraction.
  static constexpr std::chrono::milliseconds kPace{10};

  /// The shards must outlive the bus, and be stopped before it is destroyed. `pace` 0: a large
  /// audience is told at once, as any other.
  explicit LocalBus(std::vector<runtime::Shard*> shards, std::chrono::milliseconds pace = kPace);
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
  /// By the places of `shards_`: not zero where an event must go.
  using Wanted = absl::InlinedVector<std::uint8_t, 64>;
  Wanted ShardsOf(const std::vector<UserId>& recipients) const;

  metrics::HotCounter published_;
  ShardDirectory directory_;
  std::vector<runtime::Shard*> shards_;
  std::vector<std::unique_ptr<SubscriberTable>> tables_;  // one per shard, in their order
};

}  // namespace parley::bus
