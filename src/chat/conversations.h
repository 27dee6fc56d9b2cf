#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "chat/conversation_actor.h"
#include "runtime/shard.h"

namespace parley::chat {

/// The live conversations of this node: finds the actor of each, or starts it. Actors are spread
/// over the shards by a hash of the conversation's id; at most one lives per conversation. When the
/// fleet changes, or this node drains, the actors of conversations that others are to look after
/// finish what they have and go.
class Conversations {
 public:
  /// An actor is dropped when nothing came for so long.
  static constexpr std::chrono::seconds kIdleTime{60};
  /// Live actors per shard; beyond it idle ones are dropped early.
  static constexpr std::size_t kMaxActorsPerShard = 20'000;

  /// The shards and all in `environment` must outlive it. Commands that wait, all together, take at
  /// most about `max_waiting_bytes`; further ones are refused with kUnavailable.
  Conversations(std::vector<runtime::Shard*> shards, ActorEnvironment environment,
                std::size_t max_waiting_bytes);
  ~Conversations();
  Conversations(const Conversations&) = delete;
  Conversations& operator=(const Conversations&) = delete;

  /// Any thread. Commands that one thread submits for one conversation run in that order.
  /// `command.done` is called on the conversation's shard.
  void Submit(ConversationId conversation, Command command);

  /// The two halves of it. Admit counts the command into the load of this node, or refuses it and
  /// answers nothing; Run takes what was admitted. Any thread.
  std::optional<Command> Admit(ConversationId conversation, Command command);
  void Run(ConversationId conversation, Command admitted);

  /// After a pause of the whole process, in which others may have gone on: lets go of every actor
  /// that has nothing under way, and has the others make sure of their heads. Any thread.
  void DropAll();

  /// Writes what waits and refuses what comes. Call from no shard, while the shards run; returns
  /// when done.
  void Stop();

  const CommandLoad& load() const { return load_; }

 private:
  class ShardConversations;

  ShardConversations& PlaceOf(ConversationId conversation);

  const ActorEnvironment environment_;
  CommandLoad load_;
  std::vector<std::unique_ptr<ShardConversations>> places_;  // one per shard
};

}  // namespace parley::chat
