#include "bus/local/local_presence.h"

#include <atomic>
#include <cassert>
#include <cstdint>
#include <list>
#include <optional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "runtime/completer.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {
namespace {

using std::chrono::steady_clock;

using UserSet = boost::unordered_flat_set<UserId, std::hash<UserId>>;

}  // namespace

/// A listener and what it watches; everything but the shard is touched on that shard alone.
struct LocalPresence::Watcher {
  Watcher(runtime::Shard* on, PresenceListener* to) : shard(on), listener(to) {}

  void Hear(std::vector<PresenceNews> news) {
    // What was on its way when the set changed is not for it any more.
    std::erase_if(news, [this](const PresenceNews& each) { return !users.contains(each.user); });
    if (listener != nullptr && !news.empty()) listener->OnPresence(news);
  }

  runtime::Shard* const shard;
  PresenceListener* listener;  ///< null once the watch has ended
  UserSet users;
};

/// The people whose home is one shard; touched there alone.
class LocalPresence::Home : public std::enable_shared_from_this<Home> {
 public:
  using WatcherPtr = std::shared_ptr<Watcher>;

  Home(runtime::Shard& shard, std::chrono::milliseconds linger) : shard_(shard), linger_(linger) {}

  runtime::Shard& shard() { return shard_; }
  void AddTo(Stats& stats) const {
    stats.connected += connected_count_.load(std::memory_order_relaxed);
    stats.watched += watched_count_.load(std::memory_order_relaxed);
    stats.lingering += lingering_count_.load(std::memory_order_relaxed);
  }

  void Connected(UserId user) {
    if (++connections_[user] > 1) return;
    if (const auto it = watched_.find(user); it != watched_.end()) {
      ForgetLeave(it->second);
      if (!std::exchange(it->second.shown, true)) Tell(user, it->second);
    }
    Count();
  }

  void Disconnected(UserId user) {
    const auto it = connections_.find(user);
    assert(it != connections_.end());
    if (--it->second > 0) return;
    connections_.erase(it);
    const auto watched = watched_.find(user);
    if (watched != watched_.end()) {
      watched->second.leave = leaves_.insert(leaves_.end(), {user, steady_clock::now() + linger_});
    }
    Count();
    if (leaves_.empty() || std::exchange(lingering_, true)) return;
    runtime::Spawn(shard_, "presence linger", Linger(shared_from_this()));
  }

  void Watch(const WatcherPtr& watcher, const std::vector<UserId>& users) {
    std::vector<PresenceNews> news;
    news.reserve(users.size());
    for (const UserId& user : users) {
      const auto [it, fresh] = watched_.try_emplace(user);
      if (fresh) it->second.shown = connections_.contains(user);
      it->second.watchers.insert(watcher);
      news.push_back({user, it->second.shown});
    }
    Count();
    watcher->shard->Post(
        [watcher, news = std::move(news)]() mutable { watcher->Hear(std::move(news)); });
  }

  void Unwatch(const WatcherPtr& watcher, const std::vector<UserId>& users) {
    for (const UserId& user : users) {
      const auto it = watched_.find(user);
      if (it == watched_.end()) continue;
      it->second.watchers.erase(watcher);
      if (!it->second.watchers.empty()) continue;
      ForgetLeave(it->second);
      watched_.erase(it);
    }
    Count();
  }

  std::vector<UserId> OnlyConnected(std::vector<UserId> users) const {
    std::erase_if(users, [this](const UserId& user) { return !connections_.contains(user); });
    return users;
  }

 private:
  struct Leave {
    UserId user;
    steady_clock::time_point due;
  };
  using Leaves = std::list<Leave>;
  struct Watched {
    boost::unordered_flat_set<WatcherPtr> watchers;
    bool shown = false;                     ///< what the watchers know
    std::optional<Leaves::iterator> leave;  ///< while they linger
  };

  static runtime::Task<void> Linger(std::shared_ptr<Home> self) {
    while (!self->leaves_.empty()) {
      const auto wait = self->leaves_.front().due - steady_clock::now();
      if (wait > steady_clock::duration::zero()) {
        co_await runtime::Sleep(std::chrono::ceil<std::chrono::milliseconds>(wait));
        continue;
      }
      self->EndLinger(self->leaves_.front().user);
    }
    self->lingering_ = false;
  }

  void EndLinger(UserId user) {
    const auto it = watched_.find(user);
    assert(it != watched_.end() && "who is not watched any more does not linger");
    ForgetLeave(it->second);
    it->second.shown = false;
    Count();
    Tell(user, it->second);
  }

  void ForgetLeave(Watched& watched) {
    if (watched.leave) leaves_.erase(*watched.leave);
    watched.leave.reset();
  }

  /// One message per shard, however many watch there.
  void Tell(UserId user, const Watched& watched) {
    std::vector<std::pair<runtime::Shard*, std::vector<WatcherPtr>>> by_shard;
    for (const WatcherPtr& watcher : watched.watchers) {
      auto it = by_shard.begin();
      while (it != by_shard.end() && it->first != watcher->shard) ++it;
      if (it == by_shard.end()) it = by_shard.insert(it, {watcher->shard, {}});
      it->second.push_back(watcher);
    }
    const PresenceNews news{user, watched.shown};
    for (auto& [shard, watchers] : by_shard) {
      shard->Post([news, all = std::move(watchers)] {
        for (const WatcherPtr& watcher : all) watcher->Hear({news});
      });
    }
  }

  void Count() {
    connected_count_.store(connections_.size(), std::memory_order_relaxed);
    watched_count_.store(watched_.size(), std::memory_order_relaxed);
    lingering_count_.store(leaves_.size(), std::memory_order_relaxed);
  }

  runtime::Shard& shard_;
  const std::chrono::milliseconds linger_;
  boost::unordered_flat_map<UserId, std::uint32_t, std::hash<UserId>> connections_;
  boost::unordered_flat_map<UserId, Watched, std::hash<UserId>> watched_;
  Leaves leaves_;           // by due: all linger alike; at most one of each who is watched
  bool lingering_ = false;  // whether the task runs that looks after leaves_
  std::atomic<std::size_t> connected_count_{0};
  std::atomic<std::size_t> watched_count_{0};
  std::atomic<std::size_t> lingering_count_{0};
};

/// Which home is whose.
class LocalPresence::Homes {
 public:
  Homes(const std::vector<runtime::Shard*>& shards, std::chrono::milliseconds linger) {
    homes_.reserve(shards.size());
    for (runtime::Shard* shard : shards) homes_.push_back(std::make_shared<Home>(*shard, linger));
  }

  const std::vector<std::shared_ptr<Home>>& all() const { return homes_; }
  const std::shared_ptr<Home>& Of(UserId user) const { return homes_[IndexOf(user)]; }

  /// The same people, by home in the order of all().
  std::vector<std::vector<UserId>> Split(const std::vector<UserId>& users) const {
    std::vector<std::vector<UserId>> parts(homes_.size());
    for (const UserId& user : users) parts[IndexOf(user)].push_back(user);
    return parts;
  }

  /// Calls `work(home, users)` on the home of each of these people.
  template <class Work>
  void Post(const std::vector<UserId>& users, const Work& work) const {
    std::vector<std::vector<UserId>> parts = Split(users);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].empty()) continue;
      homes_[i]->shard().Post(
          [home = homes_[i], part = std::move(parts[i]), work] { work(*home, part); });
    }
  }

 private:
  std::size_t IndexOf(UserId user) const { return std::hash<UserId>()(user) % homes_.size(); }

  std::vector<std::shared_ptr<Home>> homes_;
};

class LocalPresence::Connection : public Subscription {
 public:
  Connection(std::shared_ptr<Home> home, UserId user) : home_(std::move(home)), user_(user) {
    home_->shard().Post([home = home_, user] { home->Connected(user); });
  }
  ~Connection() override {
    home_->shard().Post([home = home_, user = user_] { home->Disconnected(user); });
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  const std::shared_ptr<Home> home_;
  const UserId user_;
};

class LocalPresence::LocalWatch : public PresenceWatch {
 public:
  LocalWatch(std::shared_ptr<const Homes> homes, PresenceListener& listener)
      : homes_(std::move(homes)),
        watcher_(std::make_shared<Watcher>(runtime::Shard::Current(), &listener)) {}
  ~LocalWatch() override {
    watcher_->listener = nullptr;
    Set({});
  }
  LocalWatch(const LocalWatch&) = delete;
  LocalWatch& operator=(const LocalWatch&) = delete;

  void Set(std::vector<UserId> users) override {
    UserSet wanted(users.begin(), users.end());
    std::vector<UserId> ended;
    for (const UserId& user : watcher_->users) {
      if (!wanted.contains(user)) ended.push_back(user);
    }
    watcher_->users = std::move(wanted);
    homes_->Post(ended, [watcher = watcher_](Home& home, const std::vector<UserId>& part) {
      home.Unwatch(watcher, part);
    });
    homes_->Post(users, [watcher = watcher_](Home& home, const std::vector<UserId>& part) {
      home.Watch(watcher, part);
    });
  }

 private:
  const std::shared_ptr<const Homes> homes_;
  const std::shared_ptr<Watcher> watcher_;
};

LocalPresence::LocalPresence(std::vector<runtime::Shard*> shards, std::chrono::milliseconds linger)
    : homes_(std::make_shared<const Homes>(shards, linger)) {}

LocalPresence::~LocalPresence() = default;

std::unique_ptr<Subscription> LocalPresence::Connect(UserId user) {
  return std::make_unique<Connection>(homes_->Of(user), user);
}

std::unique_ptr<PresenceWatch> LocalPresence::Watch(PresenceListener& listener) {
  assert(runtime::Shard::Current() != nullptr && "watch on a shard");
  return std::make_unique<LocalWatch>(homes_, listener);
}

runtime::Task<Result<std::vector<UserId>>> LocalPresence::WhoIsConnected(
    std::vector<UserId> users) {
  using Answer = Result<std::vector<UserId>>;
  std::vector<UserId> connected;
  connected.reserve(users.size());
  std::vector<std::vector<UserId>> parts = homes_->Split(users);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    PARLEY_CO_ASSIGN(
        const std::vector<UserId> found,
        co_await runtime::AwaitCompletion<Answer>(
            [home = homes_->all()[i],
             part = std::move(parts[i])](runtime::Completer<Answer> done) mutable {
              home->shard().Post([home, part = std::move(part), done = std::move(done)]() mutable {
                done(home->OnlyConnected(std::move(part)));
              });
            }));
    connected.insert(connected.end(), found.begin(), found.end());
  }
  co_return connected;
}

LocalPresence::Stats LocalPresence::stats() const {
  Stats stats;
  for (const std::shared_ptr<Home>& home : homes_->all()) home->AddTo(stats);
  return stats;
}

}  // namespace parley::bus
