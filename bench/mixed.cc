#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <random>
#include <set>

#include "bench/clock.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// A day's behaviour, of people who come and go: somebody begins to type, sends, others' devices
/// say that it arrived, and after a while that it was read; now and then a connection ends, half of
/// the time without a word, and resumes. Arrivals are Poisson's, and the same for the same seed.
class MixedDriver : public Driver {
 public:
  MixedDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker), random_(options.seed * 1000 + worker) {
    for (const Room& room : plan.rooms) {
      for (const std::size_t member : room.members)
        acquaintances_[member].insert(room.members.begin(), room.members.end());
    }
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      place_[peers_[i]->index()] = i;
      if (!peers_[i]->held().empty()) talkers_.push_back(i);
    }
    std::set<std::size_t> all_talkers;
    for (const Room& room : plan.rooms) {
      all_talkers.insert(room.members.begin(), room.members.end());
    }
    send_gap_s_ = static_cast<double>(all_talkers.size()) /
                  (options.rate * static_cast<double>(std::max<std::size_t>(talkers_.size(), 1)));
  }

 private:
  enum class What { kBegin, kSend, kRead, kLeave, kReturn };
  struct Action {
    std::int64_t due_ns;
    What what;
    std::size_t peer;  ///< place in peers_
    std::size_t held;
    bool operator>(const Action& other) const { return due_ns > other.due_ns; }
  };

  static constexpr double kTypingS = 0.5;
  static constexpr double kReadAfterS = 1;
  static constexpr double kAwayS = 0.5;
  /// Beyond these nobody waits for answers any more; the run then tells how many are missing.
  static constexpr std::size_t kMaxUnanswered = 200;
  static constexpr std::size_t kMaxWatched = 50;

  std::int64_t Work(std::int64_t now_ns) override {
    if (!started_) Start(now_ns);
    while (!actions_.empty() && actions_.top().due_ns <= now_ns) {
      const Action action = actions_.top();
      actions_.pop();
      Do(action);
    }
    return actions_.empty() ? std::numeric_limits<std::int64_t>::max() : actions_.top().due_ns;
  }

  /// Nothing new, but who is away comes back, and what was read is said.
  std::int64_t Drain(std::int64_t now_ns) override {
    if (!drained_) {
      drained_ = true;
      for (std::size_t i = 0; i < peers_.size(); ++i) {
        if (!peers_[i]->connected()) peers_[i]->Connect(true);
      }
    }
    return Driver::Drain(now_ns);
  }

  void Start(std::int64_t now_ns) {
    started_ = true;
    if (!talkers_.empty()) Schedule(now_ns, What::kBegin, 0, 0, send_gap_s_);
    if (options_.reconnect_s <= 0) return;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      if (peers_[i]->index() >= options_.people) continue;  // idle
      Schedule(now_ns, What::kLeave, i, 0, options_.reconnect_s);
    }
  }

  /// At a random time after `from_ns`, `mean_s` seconds on average.
  void Schedule(std::int64_t from_ns, What what, std::size_t peer, std::size_t held,
                double mean_s) {
    const double seconds = std::exponential_distribution<double>(1 / mean_s)(random_);
    const auto ns = static_cast<std::int64_t>(seconds * static_cast<double>(kNsPerSecond));
    actions_.push({from_ns + ns, what, peer, held});
  }

  void Do(const Action& action) {
    Peer& peer = *peers_[action.peer];
    switch (action.what) {
      case What::kBegin:
        return Begin(action.due_ns);
      case What::kSend:
        if (peer.unanswered() < kMaxUnanswered) peer.SendMessage(action.held, action.due_ns);
        return;
      case What::kRead:
        peer.SendPosition("read", action.held);
        reading_.erase({action.peer, action.held});
        return;
      case What::kLeave:
        return Leave(action);
      case What::kReturn:
        if (!peer.connected()) peer.Connect(true);
        return;
    }
  }

  /// Somebody begins to type; the next one does so in a while.
  void Begin(std::int64_t due_ns) {
    const std::size_t peer = talkers_[random_() % talkers_.size()];
    const std::size_t held = random_() % peers_[peer]->held().size();
    peers_[peer]->SendTyping(held, true);
    Schedule(due_ns, What::kSend, peer, held, kTypingS);
    Schedule(due_ns, What::kBegin, 0, 0, send_gap_s_);
  }

  void Leave(const Action& action) {
    Peer& peer = *peers_[action.peer];
    context_.stats.Add(Counter::kReconnects);
    if (random_() % 2 == 0) {
      peer.Abort();
    } else {
      peer.Close();
    }
    Schedule(action.due_ns, What::kReturn, action.peer, 0, kAwayS);
    Schedule(action.due_ns, What::kLeave, action.peer, 0, options_.reconnect_s);
  }

  void OnReady(Peer& peer) override {
    Driver::OnReady(peer);
    std::vector<std::string> ids;
    for (const std::size_t other : acquaintances_[peer.index()]) {
      if (other == peer.index()) continue;
      if (ids.size() == kMaxWatched) break;
      ids.push_back(plan_.people[other].id);
    }
    if (!ids.empty()) peer.WatchPresence(ids);
    const std::vector<Held>& held = peer.held();
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (held[i].read_seq < held[i].seq) peer.SendPosition("delivered", i);
    }
  }

  void OnMessage(Peer& peer, std::size_t held) override {
    peer.SendPosition("delivered", held);
    const std::size_t place = place_[peer.index()];
    if (!context_.state.Working() || !reading_.insert({place, held}).second) return;
    Schedule(NowNs(), What::kRead, place, held, kReadAfterS);
  }

  /// A server that restarts, say: back after a moment.
  void OnLost(Peer& peer) override {
    Schedule(NowNs(), What::kReturn, place_[peer.index()], 0, kAwayS);
  }

  std::mt19937_64 random_;
  std::map<std::size_t, std::set<std::size_t>> acquaintances_;  // people by person
  std::map<std::size_t, std::size_t> place_;                    // in peers_, by person
  std::vector<std::size_t> talkers_;                            // places of who has somebody
  std::set<std::pair<std::size_t, std::size_t>> reading_;       // will be read soon
  std::priority_queue<Action, std::vector<Action>, std::greater<>> actions_;
  double send_gap_s_ = 1;
  bool started_ = false;
  bool drained_ = false;
};

}  // namespace

std::unique_ptr<Driver> MakeMixedDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker) {
  return std::make_unique<MixedDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
