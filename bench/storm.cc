#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <random>
#include <vector>

#include "bench/clock.h"
#include "bench/pace.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// People at one server, which somebody kills. They come back to the others as our clients do (the
/// first try after 50 to 150 ms, then with pauses that double, up to 10 s), and resume. Meanwhile
/// outsiders at those others go on sending, and try again what is refused for now.
class StormDriver : public Driver {
 public:
  StormDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker), pace_(0), random_(options.seed * 1000 + worker) {
    lost_.resize(peers_.size());
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      place_[peers_[i].get()] = i;
      const bool outside = ServerOf(options, peers_[i]->index()) != 0;
      if (outside && !peers_[i]->held().empty()) senders_.push_back(i);
    }
    pace_ = Pace(options.rate * static_cast<double>(senders_.size()) /
                 static_cast<double>(options.outsiders));
  }

 private:
  enum class What { kReturn, kSendAgain };
  struct Action {
    std::int64_t due_ns;
    What what;
    std::size_t peer;  ///< place in peers_
    bool operator>(const Action& other) const { return due_ns > other.due_ns; }
  };
  /// What is known of a connection that was lost.
  struct Lost {
    std::int64_t at_ns = 0;  ///< 0: it was not
    std::int64_t pause_ns = 0;
  };

  static constexpr std::int64_t kFirstPauseNs = 100 * kNsPerMs;
  static constexpr std::int64_t kLongestPauseNs = 10 * kNsPerSecond;
  static constexpr std::int64_t kSendAgainNs = 300 * kNsPerMs;

  std::int64_t Work(std::int64_t now_ns) override {
    while (!senders_.empty() && pace_.Due(now_ns)) {
      Peer& peer = *peers_[senders_[turn_++ % senders_.size()]];
      peer.SendMessage(random_() % peer.held().size(), pace_.due_ns());
    }
    const std::int64_t next = DoDue(now_ns);
    return senders_.empty() ? next : std::min(next, pace_.due_ns());
  }

  std::int64_t Drain(std::int64_t now_ns) override {
    return std::min(Driver::Drain(now_ns), DoDue(now_ns));
  }

  std::int64_t DoDue(std::int64_t now_ns) {
    while (!actions_.empty() && actions_.top().due_ns <= now_ns) {
      const Action action = actions_.top();
      actions_.pop();
      Peer& peer = *peers_[action.peer];
      if (action.what == What::kSendAgain) peer.SendRefusedAgain();
      if (action.what == What::kReturn && !peer.connected()) peer.Connect(true);
    }
    return actions_.empty() ? std::numeric_limits<std::int64_t>::max() : actions_.top().due_ns;
  }

  void OnReady(Peer& peer) override {
    Driver::OnReady(peer);
    Lost& lost = lost_[place_[&peer]];
    if (lost.at_ns == 0) return;
    const std::int64_t now = NowNs();
    context_.stats.Add(Counter::kReturned);
    context_.stats.level.Record(static_cast<std::uint64_t>(now - lost.at_ns));
    context_.stats.last_level_ns = now;
    lost = {};
  }

  /// Also when an attempt to come back has failed.
  void OnLost(Peer& peer) override {
    const std::size_t place = place_[&peer];
    Lost& lost = lost_[place];
    const std::int64_t now = NowNs();
    if (lost.at_ns == 0) {
      lost = {now, kFirstPauseNs};
      context_.stats.first_lost_ns = std::min(context_.stats.first_lost_ns, now);
    } else {
      lost.pause_ns = std::min(2 * lost.pause_ns, kLongestPauseNs);
    }
    // Each to another of those that are left, in turn, and to the next one after each failure.
    peer.MoveTo(1 + (peer.index() + failures_[place]++) % (options_.servers.size() - 1));
    std::uniform_int_distribution<std::int64_t> pause(lost.pause_ns / 2, lost.pause_ns * 3 / 2);
    actions_.push({now + pause(random_), What::kReturn, place});
  }

  bool OnRefusedForNow(Peer& peer) override {
    actions_.push({NowNs() + kSendAgainNs, What::kSendAgain, place_[&peer]});
    return true;
  }

  Pace pace_;
  std::mt19937_64 random_;
  std::map<const Peer*, std::size_t> place_;     // in peers_
  std::map<std::size_t, std::size_t> failures_;  // by place
  std::vector<std::size_t> senders_;             // places of the outsiders
  std::vector<Lost> lost_;                       // by place
  std::size_t turn_ = 0;
  std::priority_queue<Action, std::vector<Action>, std::greater<>> actions_;
};

}  // namespace

std::unique_ptr<Driver> MakeStormDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker) {
  return std::make_unique<StormDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
