#include "bus/nats/nats_presence.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <charconv>
#include <map>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "bus/nats/interest.h"
#include "bus/nats/presence_codec.h"
#include "bus/nats/who_asks.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {
namespace {

/// Of answers that are for those who watch, not for one question.
constexpr WhoAsks::Number kForWatchers = 0;

bool Contains(const FleetView& view, NodeId node) {
  return std::ranges::find(view.nodes, node, &FleetView::Node::id) != view.nodes.end();
}

}  // namespace

/// What all homes share.
class NatsPresence::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Presence& to_local, Link& to_link, Fleet& to_fleet, std::vector<runtime::Shard*> on_shards,
       NatsPresenceOptions with)
      : local(to_local),
        link(to_link),
        fleet(to_fleet),
        options(std::move(with)),
        shards(std::move(on_shards)),
        interest(link, options.prefix + ".p.", shards.size()),
        answers(options.prefix + ".pa." + fleet.self().ToString() + ".") {}

  void Begin();

  std::size_t IndexOf(UserId user) const { return std::hash<UserId>()(user) % shards.size(); }

  /// Runs `work(home)` on the shard of that home.
  template <class Work>
  void PostHome(std::size_t index, Work work) const;
  /// Runs `work(home, users)` on the home of each of these people.
  template <class Work>
  void Post(const std::vector<UserId>& users, const Work& work) const;

  /// Asks the other nodes which of these people they hold.
  void AskOthers(const std::vector<UserId>& users, WhoAsks::Number number) {
    for (std::size_t at = 0; at < users.size(); at += options.people_per_question) {
      const auto begin = users.begin() + static_cast<std::ptrdiff_t>(at);
      const auto size = std::min(options.people_per_question, users.size() - at);
      asked.fetch_add(1, std::memory_order_relaxed);
      link.Publish(options.prefix + ".q", answers + std::to_string(number),
                   std::make_shared<const std::string>(EncodePeople(
                       std::vector<UserId>(begin, begin + static_cast<std::ptrdiff_t>(size)))));
    }
  }

  void Publish(std::string subject, HeldNews news) {
    link.Publish(std::move(subject), "", std::make_shared<const std::string>(EncodeHeldNews(news)));
  }

  void Gap();

  Presence& local;
  Link& link;
  Fleet& fleet;
  const NatsPresenceOptions options;
  const std::vector<runtime::Shard*> shards;
  Interest<UserId> interest;
  const std::string answers;  ///< prefix of where this node wants to be answered
  WhoAsks questions;
  Link::HandlerPtr on_news;  ///< of PREFIX.p.*
  std::atomic<std::uint64_t> announced{0};
  std::atomic<std::uint64_t> asked{0};
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::size_t> held{0};
  std::atomic<std::size_t> watched{0};
  std::atomic<std::size_t> remote{0};

 private:
  Link::HandlerPtr Handle(void (Core::*handle)(const Link::Message&)) {
    return std::make_shared<const Link::Handler>(
        [weak = weak_from_this(), handle](const Link::Message& message) {
          if (const std::shared_ptr<Core> self = weak.lock()) (self.get()->*handle)(message);
        });
  }
  void OnNews(const Link::Message& message);
  void OnQuestion(const Link::Message& message);
  void OnAnswer(const Link::Message& message);
  /// Brings what another node holds to those who watch.
  void Spread(const HeldNews& news);

  std::vector<std::shared_ptr<Home>> homes_;  // one per shard, in their order
};

/// The people whose home is one shard; touched there alone.
class NatsPresence::Home : public std::enable_shared_from_this<Home> {
 public:
  Home(Core* core, std::size_t index) : core_(*core), index_(index) {}

  void Begin() {
    view_changed_ = core_.fleet.OnViewChange([weak = weak_from_this()] {
      if (const std::shared_ptr<Home> self = weak.lock()) self->OnView();
    });
    // After it: a node that comes between the two is told of, or is in it.
    known_ = core_.fleet.view();
  }

  void Connected(UserId user) {
    if (++held_[user] > 1) return;
    ++core_.held;
    Announce(user, true);
  }
  void Disconnected(UserId user) {
    const auto it = held_.find(user);
    assert(it != held_.end());
    if (--it->second > 0) return;
    held_.erase(it);
    --core_.held;
    Announce(user, false);
  }

  void Watch(const std::vector<UserId>& users) {
    std::vector<UserId> fresh;
    fresh.reserve(users.size());
    for (const UserId& user : users) {
      if (++watched_[user].watchers > 1) continue;
      ++core_.watched;
      core_.interest.Add(user, index_, core_.on_news);
      fresh.push_back(user);
    }
    // Behind the subscriptions: who comes or goes from here on is heard of.
    core_.AskOthers(fresh, kForWatchers);
  }
  void Unwatch(const std::vector<UserId>& users) {
    for (const UserId& user : users) {
      const auto it = watched_.find(user);
      assert(it != watched_.end());
      if (--it->second.watchers > 0) continue;
      core_.interest.Remove(user, index_);
      core_.remote -= it->second.holders.size();
      watched_.erase(it);
      --core_.watched;
    }
  }

  /// Another node holds these people, or not.
  void Hear(const HeldNews& news) {
    const bool alive = Contains(*known_, news.node) && news.node != core_.fleet.self();
    for (const PresenceNews& each : news.news) {
      const auto it = watched_.find(each.user);
      if (it == watched_.end()) continue;
      Holders& holders = it->second.holders;
      const std::size_t before = holders.size();
      if (!each.online) {
        holders.erase(news.node);
      } else if (alive && !holders.contains(news.node)) {
        // Who is not in the view is asked when they come into it.
        holders.emplace(news.node, core_.local.Connect(each.user));
      }
      core_.remote += holders.size() - before;
    }
  }

  /// Which of these people this node holds.
  HeldNews Answer(const std::vector<UserId>& users) const {
    HeldNews answer{core_.fleet.self(), {}};
    answer.news.reserve(users.size());
    for (const UserId& user : users) answer.news.push_back({user, held_.contains(user)});
    return answer;
  }

  void AskAnew() {
    std::vector<UserId> users;
    users.reserve(watched_.size());
    for (const auto& [user, watched] : watched_) users.push_back(user);
    core_.AskOthers(users, kForWatchers);
  }

 private:
  using Holders = std::map<NodeId, std::unique_ptr<Subscription>>;
  struct Watched {
    std::uint32_t watchers = 0;
    Holders holders;  ///< other nodes, each with a connection in the local presence
  };

  void Announce(UserId user, bool online) {
    ++core_.announced;
    core_.Publish(core_.interest.SubjectOf(user), {core_.fleet.self(), {{user, online}}});
  }

  void OnView() {
    const FleetViewPtr before = std::exchange(known_, core_.fleet.view());
    for (auto& [user, watched] : watched_) {
      core_.remote -= std::erase_if(
          watched.holders, [this](const auto& holder) { return !Contains(*known_, holder.first); });
    }
    const bool somebody_came = std::ranges::any_of(
        known_->nodes,
        [&before](const FleetView::Node& node) { return !Contains(*before, node.id); });
    if (somebody_came) AskAnew();
  }

  Core& core_;  // which owns this
  const std::size_t index_;
  FleetViewPtr known_;
  std::unique_ptr<Subscription> view_changed_;
  boost::unordered_flat_map<UserId, std::uint32_t, std::hash<UserId>> held_;
  boost::unordered_flat_map<UserId, Watched, std::hash<UserId>> watched_;
};

// -- Core -----------------------------------------------------------------------------------------

template <class Work>
void NatsPresence::Core::PostHome(std::size_t index, Work work) const {
  // Nothing is done that comes after the end.
  shards[index]->Post([weak = weak_from_this(), index, work = std::move(work)] {
    if (const std::shared_ptr<const Core> self = weak.lock()) work(*self->homes_[index]);
  });
}

template <class Work>
void NatsPresence::Core::Post(const std::vector<UserId>& users, const Work& work) const {
  std::vector<std::vector<UserId>> parts(shards.size());
  for (const UserId& user : users) parts[IndexOf(user)].push_back(user);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    PostHome(i, [part = std::move(parts[i]), work](Home& home) { work(home, part); });
  }
}

void NatsPresence::Core::Begin() {
  on_news = Handle(&Core::OnNews);
  homes_.reserve(shards.size());
  for (std::size_t i = 0; i < shards.size(); ++i) {
    homes_.push_back(std::make_shared<Home>(this, i));
  }
  for (std::size_t i = 0; i < shards.size(); ++i) {
    PostHome(i, [](Home& home) { home.Begin(); });
  }
  link.Subscribe(options.prefix + ".q", Handle(&Core::OnQuestion));
  link.Subscribe(answers + "*", Handle(&Core::OnAnswer));
  link.OnLoss([weak = weak_from_this()] {
    if (const std::shared_ptr<Core> self = weak.lock()) self->Gap();
  });
}

void NatsPresence::Core::Gap() {
  for (std::size_t i = 0; i < shards.size(); ++i) {
    PostHome(i, [](Home& home) { home.AskAnew(); });
  }
}

void NatsPresence::Core::OnNews(const Link::Message& message) {
  const Result<HeldNews> news = DecodeHeldNews(message.data);
  if (news.ok()) Spread(*news);
}

void NatsPresence::Core::OnQuestion(const Link::Message& message) {
  const Result<std::vector<UserId>> people = DecodePeople(message.data);
  if (!people.ok() || message.reply.empty()) return;
  answered.fetch_add(1, std::memory_order_relaxed);
  Post(*people, [weak = weak_from_this(), reply = std::string(message.reply)](
                    const Home& home, const std::vector<UserId>& part) {
    if (const std::shared_ptr<Core> self = weak.lock()) self->Publish(reply, home.Answer(part));
  });
}

void NatsPresence::Core::OnAnswer(const Link::Message& message) {
  const std::string_view token = message.subject.substr(answers.size());
  WhoAsks::Number number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc() || end != token.data() + token.size()) return;
  if (message.no_responders) {
    questions.End(number);
    return;
  }
  const Result<HeldNews> news = DecodeHeldNews(message.data);
  if (!news.ok()) return;
  if (number == kForWatchers) {
    Spread(*news);
  } else {
    questions.Hear(number, *news);
  }
}

void NatsPresence::Core::Spread(const HeldNews& news) {
  std::vector<HeldNews> parts(shards.size(), HeldNews{news.node, {}});
  for (const PresenceNews& each : news.news) parts[IndexOf(each.user)].news.push_back(each);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].news.empty()) continue;
    PostHome(i, [part = std::move(parts[i])](Home& home) { home.Hear(part); });
  }
}

// -- NatsPresence ---------------------------------------------------------------------------------

class NatsPresence::Connection : public Subscription {
 public:
  Connection(std::shared_ptr<Core> core, UserId user)
      : core_(std::move(core)), user_(user), local_(core_->local.Connect(user)) {
    core_->Post({user_}, [](Home& home, const std::vector<UserId>& users) {
      home.Connected(users.front());
    });
  }
  ~Connection() override {
    core_->Post({user_}, [](Home& home, const std::vector<UserId>& users) {
      home.Disconnected(users.front());
    });
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  const std::shared_ptr<Core> core_;
  const UserId user_;
  const std::unique_ptr<Subscription> local_;
};

class NatsPresence::NatsWatch : public PresenceWatch {
 public:
  NatsWatch(std::shared_ptr<Core> core, PresenceListener& listener)
      : core_(std::move(core)), local_(core_->local.Watch(listener)) {}
  ~NatsWatch() override { Change({}); }
  NatsWatch(const NatsWatch&) = delete;
  NatsWatch& operator=(const NatsWatch&) = delete;

  void Set(std::vector<UserId> users) override {
    Change(users);
    local_->Set(std::move(users));
  }

 private:
  void Change(const std::vector<UserId>& users) {
    UserSet wanted(users.begin(), users.end());
    std::vector<UserId> added;
    added.reserve(users.size());
    for (const UserId& user : users) {
      if (!users_.contains(user)) added.push_back(user);
    }
    std::vector<UserId> ended;
    ended.reserve(users_.size());
    for (const UserId& user : users_) {
      if (!wanted.contains(user)) ended.push_back(user);
    }
    users_ = std::move(wanted);
    core_->Post(added, [](Home& home, const std::vector<UserId>& part) { home.Watch(part); });
    core_->Post(ended, [](Home& home, const std::vector<UserId>& part) { home.Unwatch(part); });
  }

  using UserSet = boost::unordered_flat_set<UserId, std::hash<UserId>>;

  const std::shared_ptr<Core> core_;
  const std::unique_ptr<PresenceWatch> local_;
  UserSet users_;
};

NatsPresence::NatsPresence(Presence& local, Link& link, Fleet& fleet,
                           std::vector<runtime::Shard*> shards, NatsPresenceOptions options)
    : core_(std::make_shared<Core>(local, link, fleet, std::move(shards), std::move(options))) {
  core_->Begin();
}

NatsPresence::~NatsPresence() = default;

std::unique_ptr<Subscription> NatsPresence::Connect(UserId user) {
  return std::make_unique<Connection>(core_, user);
}

std::unique_ptr<PresenceWatch> NatsPresence::Watch(PresenceListener& listener) {
  return std::make_unique<NatsWatch>(core_, listener);
}

runtime::Task<Result<std::vector<UserId>>> NatsPresence::WhoIsConnected(std::vector<UserId> users) {
  PARLEY_CO_ASSIGN(std::vector<UserId> connected, co_await core_->local.WhoIsConnected(users));
  const boost::unordered_flat_set<UserId, std::hash<UserId>> known(connected.begin(),
                                                                   connected.end());
  std::erase_if(users, [&known](const UserId& user) { return known.contains(user); });
  std::vector<NodeId> others;
  for (const FleetView::Node& node : core_->fleet.view()->nodes) {
    if (node.id != core_->fleet.self()) others.push_back(node.id);
  }
  if (users.empty() || others.empty() || !core_->link.status().ok()) co_return connected;
  PARLEY_CO_ASSIGN(
      const std::vector<UserId> elsewhere,
      co_await runtime::AwaitCompletion<WhoAsks::Answer>(
          [&](runtime::Completer<WhoAsks::Answer> done) {
            const auto number = core_->questions.Add(others, users.size(), std::move(done));
            core_->AskOthers(users, number);
            runtime::Spawn(
                *runtime::Shard::Current(), "who is connected",
                [](std::shared_ptr<Core> core, WhoAsks::Number which) -> runtime::Task<void> {
                  co_await runtime::Sleep(core->options.answer_wait);
                  core->questions.End(which);
                }(core_, number));
          }));
  connected.insert(connected.end(), elsewhere.begin(), elsewhere.end());
  co_return connected;
}

void NatsPresence::Gap() { core_->Gap(); }

NatsPresence::Stats NatsPresence::stats() const {
  Stats stats;
  stats.announced = core_->announced;
  stats.asked = core_->asked;
  stats.answered = core_->answered;
  stats.held = core_->held;
  stats.watched = core_->watched;
  stats.remote = core_->remote;
  return stats;
}

}  // namespace parley::bus
