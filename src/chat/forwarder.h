#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bus/fleet.h"
#include "chat/commands.h"
#include "chat/conversations.h"
#include "runtime/shard.h"

namespace parley::chat {

/// What became of commands for conversations that another node looks after.
struct ForwardStats {
  std::atomic<std::uint64_t> forwarded{0};  ///< sent to another node
  std::atomic<std::uint64_t> taken{0};      ///< came from another node, and run here
  std::atomic<std::uint64_t> refused{0};    ///< came, and not run: one before it was missed
  std::atomic<std::uint64_t> rerun{0};      ///< run here since the other node did not answer
};

/// Brings each command to the node that looks after its conversation (bus::PreferredNode), so that
/// one actor runs what many nodes are told: here, or over the bus. Speed alone depends on it: where
/// that node does not answer, the command is run here, and the store decides whose entry is next.
///
/// The commands of one shard for one conversation keep their order. They go by a *link* to the
/// other node, numbered; a node that misses one refuses what follows. Once a link has failed
/// (nobody there, no answer in time, one missed), all that is unanswered on it is run here, in
/// order, and what comes for those conversations stays here until all is answered. Where the node
/// only says that it cannot do one (kUnavailable), what is unanswered of that conversation is run
/// here, in order but for what that node may have done of it already. What was run there all the
/// same is found by what it made (client_id, membership, who is no member any more): commands that
/// are run again are idempotent.
///
/// A conversation that is to go to another node (nodes came or went; it was taken back) moves once
/// what is under way is answered; what comes meanwhile waits for that.
class Forwarder {
 public:
  struct Options {
    /// For the answer of the other node.
    std::chrono::milliseconds timeout{10'000};
  };

  /// All must outlive it; the shards are those on which commands are submitted. From here on it
  /// answers what other nodes ask on the fleet.
  Forwarder(std::vector<runtime::Shard*> shards, bus::Fleet& fleet, Conversations& conversations,
            Options options);
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// Must be called on a shard. `command.done` is called once, on some shard.
  void Submit(ConversationId conversation, Command command);

  /// From here on what other nodes ask is refused, so that they run it themselves. Any thread.
  void Stop() { stopping_ = true; }

  const ForwardStats& stats() const { return stats_; }

 private:
  class Outgoing;
  class Incoming;

  const bus::NodeId self_;
  bus::Fleet& fleet_;
  Conversations& conversations_;
  const Options options_;
  ForwardStats stats_;
  std::atomic<bool> stopping_{false};
  const std::vector<runtime::Shard*> shards_;
  /// One per shard. Shared with what is under way on the bus, which may outlive this.
  std::vector<std::shared_ptr<Outgoing>> outgoing_;
  std::shared_ptr<Incoming> incoming_;
};

}  // namespace parley::chat
