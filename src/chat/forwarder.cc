#include "chat/forwarder.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "chat/command_codec.h"

namespace parley::chat {
namespace {

constexpr std::string_view kTopic = "chat";

/// A message of NATS takes 1 MB at most, as it is set up by default.
constexpr std::size_t kMaxRequestBytes = std::size_t{768} * 1024;

/// Links of other nodes that are remembered; a forgotten one begins anew, as after a miss.
constexpr std::size_t kMaxLinks = 4'096;

}  // namespace

/// What one shard has sent to other nodes, or runs here for conversations that may move. Touched on
/// that shard alone.
class Forwarder::Outgoing : public std::enable_shared_from_this<Outgoing> {
 public:
  Outgoing(Forwarder& owner, runtime::Shard& shard) : owner_(&owner), shard_(shard) {}

  void Submit(ConversationId conversation, Command command) {
    Place& place = places_[conversation];
    const bool alone = place.waiting++ == 0;
    if (alone) Choose(conversation, place);
    command.done = [self = shared_from_this(), conversation,
                    done = std::move(command.done)](Result<CommandAnswer> answer) mutable {
      runtime::Shard& shard = self->shard_;
      shard.Post([self = std::move(self), conversation, done = std::move(done),
                  answer = std::move(answer)]() mutable {
        self->Answered(conversation);
        done(std::move(answer));
      });
    };
    std::optional<Command> admitted =
        owner_->conversations_.Admit(conversation, std::move(command));
    if (!admitted) return;
    if (!alone && IsToMove(conversation, place)) {
      place.held.push_back(*std::move(admitted));
    } else {
      Dispatch(place.node, conversation, *std::move(admitted));
    }
  }

  /// What went to nodes that are gone is run here.
  void OnViewChange() {
    const bus::FleetViewPtr view = owner_->fleet_.view();
    std::vector<bus::NodeId> gone;
    for (const auto& [node, link] : links_) {
      const bool alive = std::ranges::any_of(
          view->nodes, [&](const bus::FleetView::Node& each) { return each.id == node; });
      if (!alive) gone.push_back(node);
    }
    for (const bus::NodeId& node : gone) {
      Fail(node);
      links_.erase(node);
    }
  }

  /// The forwarder ends: answers that still come find nobody.
  void Leave() {
    view_changes_.reset();
    owner_ = nullptr;
    links_.clear();
    for (auto& [conversation, place] : places_) place.held.clear();
  }

  void WatchView() {
    view_changes_ = owner_->fleet_.OnViewChange([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && self->owner_ != nullptr) self->OnViewChange();
    });
  }

 private:
  /// Where the commands of a conversation go while some of them are not answered: in one place
  /// they keep their order.
  struct Place {
    bus::NodeId node;
    bus::FleetViewPtr view;     ///< which this node was last compared with
    std::size_t waiting = 0;    ///< not answered, with those held
    std::vector<Command> held;  ///< of a conversation that is to move, once the others are answered
  };

  struct Sent {
    ConversationId conversation;
    std::optional<Command> command;  ///< nothing once it is answered
  };

  struct Link {
    std::uint64_t id = 0;
    std::uint64_t first = 1;  ///< the number of sent.front()
    std::deque<Sent> sent;
  };

  void Choose(ConversationId conversation, Place& place) {
    place.view = owner_->fleet_.view();
    place.node = bus::PreferredNode(*place.view, conversation.view());
  }

  /// Whether another node looks after the conversation by now: however busy it is, it goes there.
  bool IsToMove(ConversationId conversation, Place& place) const {
    if (!place.held.empty()) return true;
    bus::FleetViewPtr view = owner_->fleet_.view();
    if (view == place.view) return false;
    place.view = std::move(view);
    return bus::PreferredNode(*place.view, conversation.view()) != place.node;
  }

  void Dispatch(bus::NodeId node, ConversationId conversation, Command command) {
    if (node == owner_->self_) {
      owner_->conversations_.Run(conversation, std::move(command));
    } else {
      Send(node, conversation, std::move(command));
    }
  }

  void Send(bus::NodeId node, ConversationId conversation, Command command) {
    Link& link = links_[node];
    if (link.id == 0) link.id = NewLinkId();
    ForwardedCommand forwarded{link.id, link.first + link.sent.size(), conversation, command.caller,
                               std::move(command.body)};
    std::string request = EncodeCommand(forwarded);
    command.body = std::move(forwarded.body);
    link.sent.push_back({conversation, std::move(command)});
    if (request.size() > kMaxRequestBytes) {
      // It cannot be sent: it is run here, behind all that was sent before it.
      Fail(node);
      return;
    }
    owner_->stats_.forwarded.fetch_add(1, std::memory_order_relaxed);
    owner_->fleet_.Ask(
        node, kTopic, std::move(request), owner_->options_.timeout,
        [self = shared_from_this(), node, id = link.id, number = forwarded.number](
            Result<std::string> answer) { self->OnAnswer(node, id, number, std::move(answer)); });
  }

  void OnAnswer(bus::NodeId node, std::uint64_t id, std::uint64_t number,
                Result<std::string> bytes) {
    const auto found = links_.find(node);
    // What a failed link still answers was, or will be, found out by running it again.
    if (owner_ == nullptr || found == links_.end() || found->second.id != id) return;
    Link& link = found->second;
    assert(number < link.first + link.sent.size());
    // So was what has been taken back with its conversation.
    if (number < link.first || !link.sent[number - link.first].command) return;
    Sent& sent = link.sent[number - link.first];
    Result<ForwardedAnswer> answer = bytes.ok() ? DecodeAnswer(*bytes, sent.conversation)
                                                : Result<ForwardedAnswer>(bytes.status());
    if (!answer.ok() || answer->missed) return Fail(node);
    // What that node cannot do now, this one may.
    if (answer->answer.status().code() == StatusCode::kUnavailable) {
      return TakeBack(link, sent.conversation);
    }
    Command command = *std::exchange(sent.command, std::nullopt);
    DropAnswered(link);
    command.done(std::move(answer->answer));
  }

  static void DropAnswered(Link& link) {
    while (!link.sent.empty() && !link.sent.front().command) {
      link.sent.pop_front();
      ++link.first;
    }
  }

  /// Runs here what the node has not answered, and begins a new link.
  void Fail(bus::NodeId node) {
    Link failed = std::exchange(links_[node], Link());
    for (Sent& sent : failed.sent) {
      if (sent.command) RunAgain(sent.conversation, *std::move(sent.command));
    }
  }

  /// Runs here what the node has not answered of this conversation: all of it, to keep its order.
  void TakeBack(Link& link, ConversationId conversation) {
    std::vector<Command> taken;
    for (Sent& sent : link.sent) {
      if (sent.conversation != conversation || !sent.command) continue;
      taken.push_back(*std::move(sent.command));
      sent.command.reset();
    }
    DropAnswered(link);
    for (Command& command : taken) RunAgain(conversation, std::move(command));
    // It is to go back there: what that node could not do was of a moment, and it answers.
    places_.at(conversation).view = nullptr;
  }

  void RunAgain(ConversationId conversation, Command command) {
    Place& place = places_.at(conversation);
    place.node = owner_->self_;
    place.view = owner_->fleet_.view();
    owner_->stats_.rerun.fetch_add(1, std::memory_order_relaxed);
    command.may_be_done = true;
    owner_->conversations_.Run(conversation, std::move(command));
  }

  void Answered(ConversationId conversation) {
    const auto found = places_.find(conversation);
    Place& place = found->second;
    if (--place.waiting == 0) {
      places_.erase(found);
    } else if (place.waiting == place.held.size()) {
      Move(conversation, place);
    }
  }

  /// Nothing of it is under way: what was held goes where the conversation is looked after now.
  void Move(ConversationId conversation, Place& place) {
    Choose(conversation, place);
    // Where one of them fails the link, the place changes, and the rest follows it.
    for (Command& command : std::exchange(place.held, {})) {
      Dispatch(place.node, conversation, std::move(command));
    }
  }

  static std::uint64_t NewLinkId() {
    static std::atomic<std::uint64_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
  }

  Forwarder* owner_;  ///< null once it has ended
  runtime::Shard& shard_;
  std::unordered_map<ConversationId, Place> places_;
  std::unordered_map<bus::NodeId, Link> links_;
  std::unique_ptr<bus::Subscription> view_changes_;
};

/// What other nodes ask. Any thread.
class Forwarder::Incoming {
 public:
  explicit Incoming(Forwarder& owner) : owner_(&owner) {}

  void OnRequest(bus::NodeId from, std::string_view request, bus::Fleet::Reply reply) {
    Result<ForwardedCommand> command = DecodeCommand(request);
    const std::lock_guard lock(mutex_);
    if (owner_ == nullptr || owner_->stopping_ || !command.ok() ||
        !IsNext(from, command->link, command->number)) {
      if (owner_ != nullptr) owner_->stats_.refused.fetch_add(1, std::memory_order_relaxed);
      reply(EncodeAnswer({.missed = true}));
      return;
    }
    owner_->stats_.taken.fetch_add(1, std::memory_order_relaxed);
    // Under the lock: so they reach the conversation in the order of their numbers.
    owner_->conversations_.Submit(
        command->conversation,
        Command{command->caller, std::move(command->body),
                [owner = owner_, reply = std::move(reply)](Result<CommandAnswer> answer) mutable {
                  // What is refused for the end of this node is run by the other one.
                  const bool missed = !answer.ok() && owner->stopping_ &&
                                      answer.status().code() == StatusCode::kUnavailable;
                  reply(EncodeAnswer({.missed = missed, .answer = std::move(answer)}));
                }});
  }

  void Leave() {
    const std::lock_guard lock(mutex_);
    owner_ = nullptr;
  }

 private:
  struct LinkName {
    bus::NodeId node;
    std::uint64_t link = 0;
    bool operator==(const LinkName&) const = default;
  };
  struct LinkHash {
    std::size_t operator()(const LinkName& name) const {
      return std::hash<bus::NodeId>()(name.node) ^ (name.link * 0x9E3779B97F4A7C15ULL);
    }
  };

  bool IsNext(bus::NodeId from, std::uint64_t link, std::uint64_t number) {
    if (last_.size() >= kMaxLinks) last_.clear();
    std::uint64_t& last = last_[{from, link}];
    if (number != last + 1) return false;
    last = number;
    return true;
  }

  std::mutex mutex_;
  Forwarder* owner_;  // guarded by mutex_; null at the end
  std::unordered_map<LinkName, std::uint64_t, LinkHash> last_;  // guarded by mutex_
};

Forwarder::Forwarder(std::vector<runtime::Shard*> shards, bus::Fleet& fleet,
                     Conversations& conversations, Options options)
    : self_(fleet.self()),
      fleet_(fleet),
      conversations_(conversations),
      options_(options),
      shards_(std::move(shards)),
      incoming_(std::make_shared<Incoming>(*this)) {
  for (runtime::Shard* shard : shards_) {
    outgoing_.push_back(std::make_shared<Outgoing>(*this, *shard));
    shard->Post([outgoing = std::weak_ptr(outgoing_.back())] {
      if (const auto self = outgoing.lock()) self->WatchView();
    });
  }
  fleet_.Serve(std::string(kTopic), [incoming = incoming_](bus::NodeId from, std::string request,
                                                           bus::Fleet::Reply reply) {
    incoming->OnRequest(from, request, std::move(reply));
  });
}

Forwarder::~Forwarder() {
  incoming_->Leave();
  for (const std::shared_ptr<Outgoing>& outgoing : outgoing_) outgoing->Leave();
}

void Forwarder::Submit(ConversationId conversation, Command command) {
  const auto here = std::ranges::find(shards_, runtime::Shard::Current());
  assert(here != shards_.end() && "submit on a shard");
  outgoing_[static_cast<std::size_t>(here - shards_.begin())]->Submit(conversation,
                                                                      std::move(command));
}

}  // namespace parley::chat
