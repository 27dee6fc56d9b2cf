#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "bench/clock.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// People of the one server who are all away at once, and come back all at once: because it was
/// killed and started again, or because they dropped their connections. What outsiders sent
/// meanwhile comes by resume. The coordinator says when (RunState::comeback).
class ComebackDriver : public Driver {
 public:
  ComebackDriver(WorkerContext& context, const Options& options, const Plan& plan,
                 std::size_t worker)
      : Driver(context, options, plan, worker), away_(peers_.size()) {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      place_[peers_[i].get()] = i;
      to_send_.push_back(MissedOf(options, peers_[i]->index()));
    }
  }

 private:
  /// Handshakes under way at any time, over all workers: beyond that, connections would fail for
  /// want of room in the kernel's queue, and the pauses before they try again would be measured.
  static constexpr std::size_t kReturningAtOnce = 1'000;
  static constexpr std::size_t kSendingAtOnce = 16;
  static constexpr std::int64_t kTryAgainNs = 100 * kNsPerMs;
  /// Nobody is to wait long for the word to come back.
  static constexpr std::int64_t kLookNs = kNsPerMs;

  std::int64_t Work(std::int64_t now_ns) override {
    const Comeback now = context_.state.comeback.load();
    if (now >= Comeback::kAway && !std::exchange(left_, true)) Leave();
    if (now == Comeback::kSending && !std::exchange(sent_, true)) SendFirst(now_ns);
    return now == Comeback::kReturning ? Return(now_ns) : now_ns + kLookNs;
  }

  bool IsOutsider(const Peer& peer) const {
    return peer.index() >= options_.people - options_.outsiders;
  }

  void Leave() {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      if (IsOutsider(*peers_[i]) || !peers_[i]->connected()) continue;
      context_.stats.Add(Counter::kReconnects);
      peers_[i]->Abort();
      BeAway(i);
    }
  }

  void BeAway(std::size_t place) {
    away_[place] = true;
    waiting_.push_back({0, place});
  }

  void SendFirst(std::int64_t now_ns) {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      for (std::size_t n = 0; n < kSendingAtOnce; ++n) SendMissed(i, now_ns);
    }
  }

  void SendMissed(std::size_t place, std::int64_t now_ns) {
    if (to_send_[place] == 0) return;
    Peer& peer = *peers_[place];
    peer.SendMessage(--to_send_[place] % peer.held().size(), now_ns);
  }

  void OnAck(Peer& peer, std::size_t /*held*/) override { SendMissed(place_[&peer], NowNs()); }

  std::int64_t Return(std::int64_t now_ns) {
    const std::size_t most = std::max<std::size_t>(kReturningAtOnce / AllThreads(options_), 1);
    while (!waiting_.empty() && returning_ < most && waiting_.front().due_ns <= now_ns) {
      const std::size_t place = waiting_.front().place;
      waiting_.pop_front();
      ++returning_;
      peers_[place]->Connect(true);
    }
    const bool later = !waiting_.empty() && returning_ < most;
    return later ? waiting_.front().due_ns : std::numeric_limits<std::int64_t>::max();
  }

  void OnReady(Peer& peer) override {
    Driver::OnReady(peer);
    const std::size_t place = place_[&peer];
    if (!away_[place]) return;
    away_[place] = false;
    --returning_;
    const std::int64_t now = NowNs();
    context_.stats.Add(Counter::kReturned);
    context_.stats.level.Record(
        static_cast<std::uint64_t>(now - context_.state.return_from.load()));
    context_.stats.last_level_ns = now;
    Return(now);
  }

  /// Also when an attempt to come back has failed.
  void OnLost(Peer& peer) override {
    const std::size_t place = place_[&peer];
    if (!away_[place]) return BeAway(place);
    --returning_;
    waiting_.push_back({NowNs() + kTryAgainNs, place});
  }

  struct Waiting {
    std::int64_t due_ns;
    std::size_t place;  ///< in peers_
  };

  std::map<const Peer*, std::size_t> place_;  // in peers_
  std::vector<bool> away_;                    // by place
  std::vector<std::size_t> to_send_;          // by place
  std::deque<Waiting> waiting_;               // to come back
  std::size_t returning_ = 0;
  bool left_ = false;
  bool sent_ = false;
};

}  // namespace

std::unique_ptr<Driver> MakeComebackDriver(WorkerContext& context, const Options& options,
                                           const Plan& plan, std::size_t worker) {
  return std::make_unique<ComebackDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
