#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "bus/fleet.h"
#include "bus/nats/link.h"
#include "runtime/shard.h"

namespace parley::bus {

struct NatsBusOptions {
  std::string prefix = "parley";  ///< of all subjects: another one for another fleet
  /// Settle() waits no longer than this for other nodes.
  std::chrono::milliseconds settle_wait{500};
  /// What has arrived and waits for the shards; more is dropped, and told as a gap.
  std::size_t max_undelivered_bytes = 64 * 1024 * 1024;
  /// For so long after it became large, a conversation is also published to each recipient, while
  /// it has no more than kLargeConversation + `crossing_reach` of them.
  std::chrono::milliseconds crossing{60'000};
  std::size_t crossing_reach = 128;
  /// Of how many conversations a shard remembers when they became large.
  std::size_t max_remembered = 4'096;
};

/// The bus of many processes: what a process publishes reaches its own subscribers over its local
/// bus, and those of the others over NATS, on `PREFIX.u.USER` for each recipient, or once on
/// `PREFIX.c.CONVERSATION` for those who follow it. A process subscribes to a subject while
/// somebody of it does, so that nobody need know who is connected where.
///
/// Order: what one shard publishes is handed over, carried and delivered in one order, across
/// subjects. What is in flight when a server or a connection dies is lost, and told as a gap to
/// those who were to get it.
class NatsBus : public Bus {
 public:
  /// Any thread; counted since the start.
  struct Stats {
    std::uint64_t published = 0;    ///< events
    std::uint64_t large = 0;        ///< of these, once for all who follow
    std::uint64_t received = 0;     ///< events from other processes
    std::uint64_t overflowed = 0;   ///< of these, dropped: the shards had too much to do
    std::uint64_t undecodable = 0;  ///< of these, dropped: another version's
    std::uint64_t gaps = 0;         ///< times when events may have been lost
    std::size_t users = 0;          ///< now: subscribed to
    std::size_t conversations = 0;  ///< now: followed
    std::size_t undelivered_bytes = 0;
  };

  /// Before the link and the fleet are started. The shards are all those of `local`; they, `local`,
  /// `link` and `fleet` outlive the bus and its subscriptions. The link must be closed before all
  /// of them end.
  NatsBus(Bus& local, Link& link, Fleet& fleet, std::vector<runtime::Shard*> shards,
          NatsBusOptions options);
  ~NatsBus() override;

  std::unique_ptr<Subscription> Subscribe(UserId user, Subscriber& subscriber) override;
  std::unique_ptr<Subscription> Follow(ConversationId conversation,
                                       Subscriber& subscriber) override;
  runtime::Task<Status> Settle() override;
  void Publish(EventPtr event, Recipients recipients) override;
  std::unique_ptr<Subscription> OnGap(UniqueFunction<void()> gap) override;
  bool MayLose() const override { return true; }

  /// Tells all that events may have been lost: after a pause of this process. Any thread.
  void Gap();

  Stats stats() const;

 private:
  class Core;

  std::shared_ptr<Core> core_;
};

}  // namespace parley::bus
