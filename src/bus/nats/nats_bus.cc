#include "bus/nats/nats_bus.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <optional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "bus/event_codec.h"
#include "bus/nats/interest.h"
#include "bus/nats/settler.h"
#include "bus/shard_signal.h"
#include "runtime/completer.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {
namespace {

using std::chrono::steady_clock;

/// What an event that waits for a shard takes besides its frame, about.
constexpr std::size_t kEventBytes = 256;

}  // namespace

class NatsBus::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Bus& local, Link& link, Fleet& fleet, std::vector<runtime::Shard*> shards,
       NatsBusOptions options)
      : local_(local),
        link_(link),
        options_(std::move(options)),
        shards_(std::move(shards)),
        users_(link, options_.prefix + ".u.", shards_.size()),
        conversations_(link, options_.prefix + ".c.", shards_.size()),
        tables_(shards_.size()),
        settler_(std::make_shared<Settler>(link, fleet, options_.prefix)) {}

  void Begin() {
    settler_->Begin();
    to_user_ = Handle(&Core::OnUserMessage);
    to_followers_ = Handle(&Core::OnConversationMessage);
    link_.OnLoss([weak = weak_from_this()] {
      if (const std::shared_ptr<Core> self = weak.lock()) self->Gap();
    });
  }

  // -- On a shard -------------------------------------------------------------------------------

  std::size_t CurrentIndex() const {
    const auto it = std::ranges::find(shards_, runtime::Shard::Current());
    assert(it != shards_.end() && "on a shard of the bus");
    return static_cast<std::size_t>(it - shards_.begin());
  }

  void Add(std::size_t shard, UserId user, Subscriber* subscriber) {
    Table& table = tables_[shard];
    table.users[user].push_back(subscriber);
    table.names.emplace(subscriber, user);
    users_.Add(user, shard, to_user_);
  }
  void Remove(std::size_t shard, UserId user, Subscriber* subscriber) {
    Table& table = tables_[shard];
    Erase(table.users, user, subscriber);
    table.names.erase(subscriber);
    users_.Remove(user, shard);
  }
  void AddFollower(std::size_t shard, ConversationId conversation, Subscriber* subscriber) {
    tables_[shard].followers[conversation].push_back(subscriber);
    conversations_.Add(conversation, shard, to_followers_);
  }
  void RemoveFollower(std::size_t shard, ConversationId conversation, Subscriber* subscriber) {
    Erase(tables_[shard].followers, conversation, subscriber);
    conversations_.Remove(conversation, shard);
  }

  void Publish(const EventPtr& event, const Recipients& recipients) {
    local_.Publish(event, recipients);
    published_.fetch_add(1, std::memory_order_relaxed);
    const Ways ways = WaysOf(*event, recipients->size());
    const auto bytes = std::make_shared<const std::string>(EncodeEvent(*event));
    // What cannot be sent is lost, as on the way: the link counts it.
    if (ways.once) {
      large_.fetch_add(1, std::memory_order_relaxed);
      link_.Publish(conversations_.SubjectOf(event->conversation), "", bytes);
    }
    if (ways.each && !recipients->empty()) link_.PublishToEach(users_.prefix(), recipients, bytes);
  }

  // -- Any thread -------------------------------------------------------------------------------

  void Gap() {
    gaps_.fetch_add(1, std::memory_order_relaxed);
    gap_.Fire();
  }

  std::unique_ptr<Subscription> OnGap(UniqueFunction<void()> gap) {
    return gap_.Listen(std::move(gap));
  }

  /// On a shard.
  void Settle(Settler::Done done) {
    const Settler::Waiter waiter = settler_->Settle(std::move(done));
    if (waiter == 0) return;
    runtime::Spawn(*runtime::Shard::Current(), "settle",
                   [](std::shared_ptr<Settler> settler, Settler::Waiter who,
                      std::chrono::milliseconds wait) -> runtime::Task<void> {
                     co_await runtime::Sleep(wait);
                     settler->GiveUp(who);
                   }(settler_, waiter, options_.settle_wait));
  }

  Bus& local() { return local_; }

  Stats stats() const {
    Stats stats;
    stats.published = published_;
    stats.large = large_;
    stats.received = received_;
    stats.overflowed = overflowed_;
    stats.undecodable = undecodable_;
    stats.gaps = gaps_;
    stats.users = users_.size();
    stats.conversations = conversations_.size();
    stats.undelivered_bytes = undelivered_;
    return stats;
  }

 private:
  using Subscribers = std::vector<Subscriber*>;
  template <class Key>
  using ByKey = boost::unordered_flat_map<Key, Subscribers, std::hash<Key>>;

  /// What one shard wants from other processes, and what it remembers; touched there alone.
  struct Table {
    ByKey<UserId> users;
    ByKey<ConversationId> followers;
    boost::unordered_flat_map<const Subscriber*, UserId> names;
    boost::unordered_flat_map<ConversationId, steady_clock::time_point, std::hash<ConversationId>>
        large_since;
  };

  /// How an event travels to other processes.
  struct Ways {
    bool once = false;
    bool each = false;
  };

  /// Counts what waits for the shards while it lives.
  class Charge {
   public:
    Charge(std::shared_ptr<Core> core, std::size_t bytes) : core_(std::move(core)), bytes_(bytes) {}
    Charge(Charge&&) noexcept = default;
    Charge& operator=(Charge&&) = delete;
    ~Charge() {
      if (core_) core_->undelivered_.fetch_sub(bytes_, std::memory_order_relaxed);
    }

   private:
    std::shared_ptr<Core> core_;
    std::size_t bytes_;
  };

  template <class Key>
  static void Erase(ByKey<Key>& table, const Key& key, Subscriber* subscriber) {
    const auto it = table.find(key);
    assert(it != table.end());
    it->second.erase(std::ranges::find(it->second, subscriber));
    if (it->second.empty()) table.erase(it);
  }

  Ways WaysOf(const Event& event, std::size_t recipients) {
    const bool for_members = event.kind == Event::Kind::kChange ||
                             event.kind == Event::Kind::kHead ||
                             event.kind == Event::Kind::kMomentary;
    if (!for_members || event.conversation.IsNil()) return {.each = true};
    const std::size_t count = recipients + (event.except ? 1 : 0);
    auto& large_since = tables_[CurrentIndex()].large_since;
    if (count <= kLargeConversation) {
      large_since.erase(event.conversation);
      return {.each = true};
    }
    // Of one that is larger than that, its members know: it cannot have got there at once.
    if (count > kLargeConversation + options_.crossing_reach) return {.once = true};
    // What is forgotten costs only some publications.
    if (large_since.size() >= options_.max_remembered) large_since.clear();
    const auto now = steady_clock::now();
    const auto since = large_since.try_emplace(event.conversation, now).first->second;
    return {.once = true, .each = now - since < options_.crossing};
  }

  // -- Threads of the link ----------------------------------------------------------------------

  Link::HandlerPtr Handle(void (Core::*handle)(const Link::Message&)) {
    return std::make_shared<const Link::Handler>(
        [weak = weak_from_this(), handle](const Link::Message& message) {
          if (const std::shared_ptr<Core> self = weak.lock()) (self.get()->*handle)(message);
        });
  }

  void OnUserMessage(const Link::Message& message) {
    const std::optional<UserId> user = users_.KeyOf(message.subject);
    const EventPtr event = Take(message);
    if (!user || !event) return;
    users_.ForShards(*user, [&](std::size_t shard) {
      Post(shard, message.data.size(), [this, shard, event, user = *user] {
        const auto it = tables_[shard].users.find(user);
        if (it == tables_[shard].users.end()) return;
        for (Subscriber* subscriber : it->second) subscriber->OnEvent(event);
      });
    });
  }

  void OnConversationMessage(const Link::Message& message) {
    const std::optional<ConversationId> conversation = conversations_.KeyOf(message.subject);
    const EventPtr event = Take(message);
    if (!conversation || !event) return;
    conversations_.ForShards(*conversation, [&](std::size_t shard) {
      Post(shard, message.data.size(), [this, shard, event, conversation = *conversation] {
        ToFollowers(tables_[shard], event, conversation);
      });
    });
  }

  static void ToFollowers(const Table& table, const EventPtr& event, ConversationId conversation) {
    const auto it = table.followers.find(conversation);
    if (it == table.followers.end()) return;
    const std::optional<UserId> except = event->except;
    for (Subscriber* subscriber : it->second) {
      if (except.has_value()) {
        const auto name = table.names.find(subscriber);
        if (name != table.names.end() && name->second == *except) continue;
      }
      subscriber->OnEvent(event);
    }
  }

  /// The event that has arrived; null if it is not to be delivered.
  EventPtr Take(const Link::Message& message) {
    received_.fetch_add(1, std::memory_order_relaxed);
    if (undelivered_.load(std::memory_order_relaxed) > options_.max_undelivered_bytes) {
      overflowed_.fetch_add(1, std::memory_order_relaxed);
      Gap();
      return nullptr;
    }
    Result<Event> event = DecodeEvent(message.data);
    if (!event.ok()) {
      undecodable_.fetch_add(1, std::memory_order_relaxed);
      return nullptr;
    }
    return std::make_shared<const Event>(*std::move(event));
  }

  template <class Work>
  void Post(std::size_t shard, std::size_t bytes, Work work) {
    bytes += kEventBytes;
    undelivered_.fetch_add(bytes, std::memory_order_relaxed);
    shards_[shard]->Post(
        [charge = Charge(shared_from_this(), bytes), work = std::move(work)] { work(); });
  }

  Bus& local_;
  Link& link_;
  const NatsBusOptions options_;
  const std::vector<runtime::Shard*> shards_;
  Interest<UserId> users_;
  Interest<ConversationId> conversations_;
  std::vector<Table> tables_;  // by shard
  const std::shared_ptr<Settler> settler_;
  Link::HandlerPtr to_user_;
  Link::HandlerPtr to_followers_;
  ShardSignal gap_;
  std::atomic<std::size_t> undelivered_{0};
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> large_{0};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> overflowed_{0};
  std::atomic<std::uint64_t> undecodable_{0};
  std::atomic<std::uint64_t> gaps_{0};
};

namespace {

/// Runs `end` when it is destroyed.
class NatsSubscription : public Subscription {
 public:
  NatsSubscription(std::unique_ptr<Subscription> local, UniqueFunction<void()> end)
      : local_(std::move(local)), end_(std::move(end)) {}
  ~NatsSubscription() override { end_(); }
  NatsSubscription(const NatsSubscription&) = delete;
  NatsSubscription& operator=(const NatsSubscription&) = delete;

 private:
  const std::unique_ptr<Subscription> local_;
  UniqueFunction<void()> end_;
};

}  // namespace

NatsBus::NatsBus(Bus& local, Link& link, Fleet& fleet, std::vector<runtime::Shard*> shards,
                 NatsBusOptions options)
    : core_(std::make_shared<Core>(local, link, fleet, std::move(shards), std::move(options))) {
  core_->Begin();
}

NatsBus::~NatsBus() = default;

std::unique_ptr<Subscription> NatsBus::Subscribe(UserId user, Subscriber& subscriber) {
  const std::size_t shard = core_->CurrentIndex();
  core_->Add(shard, user, &subscriber);
  return std::make_unique<NatsSubscription>(core_->local().Subscribe(user, subscriber),
                                            [core = core_, shard, user, subscriber = &subscriber] {
                                              core->Remove(shard, user, subscriber);
                                            });
}

std::unique_ptr<Subscription> NatsBus::Follow(ConversationId conversation, Subscriber& subscriber) {
  const std::size_t shard = core_->CurrentIndex();
  core_->AddFollower(shard, conversation, &subscriber);
  return std::make_unique<NatsSubscription>(
      core_->local().Follow(conversation, subscriber),
      [core = core_, shard, conversation, subscriber = &subscriber] {
        core->RemoveFollower(shard, conversation, subscriber);
      });
}

runtime::Task<Status> NatsBus::Settle() {
  return runtime::AwaitCompletion<Status>(
      [core = core_](runtime::Completer<Status> done) { core->Settle(std::move(done)); });
}

void NatsBus::Publish(EventPtr event, Recipients recipients) { core_->Publish(event, recipients); }

std::unique_ptr<Subscription> NatsBus::OnGap(UniqueFunction<void()> gap) {
  return core_->OnGap(std::move(gap));
}

void NatsBus::Gap() { core_->Gap(); }

NatsBus::Stats NatsBus::stats() const { return core_->stats(); }

}  // namespace parley::bus
