#include "chat/conversations.h"

#include <future>
#include <unordered_map>
#include <utility>

namespace parley::chat {
namespace {

constexpr std::chrono::seconds kSweepInterval{15};

/// How often it is seen whether an actor that is to go has finished.
constexpr std::chrono::milliseconds kLeaveInterval{100};

/// Of a profile that a command brings along, about.
constexpr std::size_t kProfileBytes = 512;

/// What a command carries, about.
std::size_t CarriedBytes(const Command& command) {
  if (const auto* send = std::get_if<SendCommand>(&command.body)) return send->text.size();
  if (const auto* add = std::get_if<AddMembersCommand>(&command.body)) {
    return add->users.size() * kProfileBytes;
  }
  if (const auto* create = std::get_if<CreateCommand>(&command.body)) {
    return create->founders.size() * kProfileBytes;
  }
  return 0;
}

}  // namespace

/// The actors of one shard; touched on it alone.
class Conversations::ShardConversations {
 public:
  ShardConversations(runtime::Shard& shard, const ActorEnvironment& environment)
      : shard_(shard), environment_(environment), sweep_timer_(shard), leave_timer_(shard) {}

  runtime::Shard& shard() { return shard_; }

  void Submit(ConversationId id, Command&& command) {
    if (stopping_) {
      command.done(Unavailable("the server is stopping: connect again"));
      return;
    }
    if (!fleet_watch_ && environment_.fleet != nullptr) {
      fleet_watch_ = environment_.fleet->OnViewChange([this] { MoveAway(); });
    }
    std::shared_ptr<ConversationActor>& place = actors_[id];
    const bool fresh = place == nullptr;
    if (fresh) {
      environment_.stats.actors.fetch_add(1, std::memory_order_relaxed);
      place = std::make_shared<ConversationActor>(
          id, environment_, shard_,
          [this, id](std::deque<Command> again) { Replace(id, std::move(again)); });
    }
    // Loading may end at once, and the actor with it: it takes the command first, and we hold it.
    const std::shared_ptr<ConversationActor> actor = place;
    actor->Submit(std::move(command));
    if (!fresh) return;
    actor->Start();
    if (!sweeping_) ScheduleSweep();
  }

  /// Calls `done` once every position is written and no actor is left.
  void Stop(UniqueFunction<void()> done) {
    stopping_ = true;
    sweep_timer_.Cancel();
    leave_timer_.Cancel();
    fleet_watch_.reset();
    auto all = std::make_shared<UniqueFunction<void()>>(std::move(done));
    auto left = std::make_shared<std::size_t>(actors_.size());
    if (*left == 0) return (*all)();
    const auto actors = actors_;
    for (const auto& [id, actor] : actors) {
      actor->TellHeadsNow();
      actor->FlushPositions([all, left] {
        if (--*left == 0) (*all)();
      });
    }
  }

  void DropAll() {
    std::erase_if(actors_, [this](const auto& item) {
      item.second->Distrust();
      return LetGo(*item.second);
    });
  }

  void Clear() {
    CountGone(actors_.size());
    actors_.clear();
  }

 private:
  /// The actor is dead: the next one runs what it left, before anything newer.
  void Replace(ConversationId id, std::deque<Command> again) {
    CountGone(actors_.erase(id));
    for (Command& command : again) Submit(id, std::move(command));
  }

  /// Whether the actor may be dropped now.
  bool LetGo(ConversationActor& actor) {
    if (!actor.IsQuiet()) return false;
    actor.Leave();
    CountGone(1);
    return true;
  }

  /// Others are to look after these conversations: their actors go as soon as they are quiet.
  void MoveAway() {
    bool waiting = false;
    std::erase_if(actors_, [&](const auto& item) {
      if (IsPreferredHere(environment_, item.first)) return false;
      if (LetGo(*item.second)) return true;
      waiting = true;
      return false;
    });
    if (waiting) leave_timer_.After(kLeaveInterval, [this] { MoveAway(); });
  }

  void ScheduleSweep() {
    sweeping_ = true;
    sweep_timer_.After(kSweepInterval, [this] {
      sweeping_ = false;
      Sweep();
      if (!actors_.empty()) ScheduleSweep();
    });
  }

  void Sweep() {
    const bool crowded = actors_.size() > kMaxActorsPerShard;
    const std::chrono::milliseconds age = crowded ? std::chrono::seconds(1) : kIdleTime;
    CountGone(std::erase_if(actors_, [&](const auto& item) { return item.second->IdleFor(age); }));
  }

  void CountGone(std::size_t actors) {
    environment_.stats.actors.fetch_sub(static_cast<std::int64_t>(actors),
                                        std::memory_order_relaxed);
  }

  runtime::Shard& shard_;
  const ActorEnvironment& environment_;
  std::unordered_map<ConversationId, std::shared_ptr<ConversationActor>> actors_;
  std::unique_ptr<bus::Subscription> fleet_watch_;
  runtime::Timer sweep_timer_;
  runtime::Timer leave_timer_;
  bool sweeping_ = false;
  bool stopping_ = false;
};

Conversations::Conversations(std::vector<runtime::Shard*> shards, ActorEnvironment environment,
                             std::size_t max_waiting_bytes)
    : environment_(environment), load_(max_waiting_bytes) {
  for (runtime::Shard* shard : shards) {
    places_.push_back(std::make_unique<ShardConversations>(*shard, environment_));
  }
}

Conversations::~Conversations() = default;

Conversations::ShardConversations& Conversations::PlaceOf(ConversationId conversation) {
  return *places_[std::hash<ConversationId>()(conversation) % places_.size()];
}

void Conversations::Submit(ConversationId conversation, Command command) {
  if (std::optional<Command> admitted = Admit(conversation, std::move(command))) {
    Run(conversation, *std::move(admitted));
  }
}

std::optional<Command> Conversations::Admit(ConversationId conversation, Command command) {
  if (std::optional<CommandLoad::Ticket> ticket = load_.Enter(CarriedBytes(command))) {
    command.ticket = *std::move(ticket);
    return command;
  }
  environment_.stats.refused_by_node.fetch_add(1, std::memory_order_relaxed);
  if (std::holds_alternative<SendCommand>(command.body)) environment_.stats.sends_refused.Add();
  PlaceOf(conversation).shard().Post([done = std::move(command.done)]() mutable {
    done(Unavailable("the server is busy: try again"));
  });
  return std::nullopt;
}

void Conversations::Run(ConversationId conversation, Command admitted) {
  ShardConversations* place = &PlaceOf(conversation);
  place->shard().Post([place, conversation, command = std::move(admitted)]() mutable {
    place->Submit(conversation, std::move(command));
  });
}

void Conversations::DropAll() {
  for (const std::unique_ptr<ShardConversations>& place : places_) {
    place->shard().Post([place = place.get()] { place->DropAll(); });
  }
}

void Conversations::Stop() {
  for (const std::unique_ptr<ShardConversations>& place : places_) {
    std::promise<void> flushed;
    place->shard().Post([&] { place->Stop([&flushed] { flushed.set_value(); }); });
    flushed.get_future().wait();
    // The actors' timers belong to the shard: they go on its thread.
    std::promise<void> cleared;
    place->shard().Post([&] {
      place->Clear();
      cleared.set_value();
    });
    cleared.get_future().wait();
  }
}

}  // namespace parley::chat
