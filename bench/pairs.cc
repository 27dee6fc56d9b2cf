#include <algorithm>
#include <cstddef>
#include <limits>

#include "bench/pace.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// Pairs who talk one to one. Closed loop: whoever gets a message answers it at once, and so
/// `in_flight` messages go back and forth in each pair. Open loop: the sides of all pairs send in
/// turn, each when it is due. With `real` they type before they send, and tell what has arrived and
/// is read. Idle people come behind the pairs and do nothing.
class PairsDriver : public Driver {
 public:
  PairsDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker),
        talkers_(static_cast<std::size_t>(
            std::ranges::count_if(peers_, [](const auto& peer) { return !peer->held().empty(); }))),
        pace_(options.rate * static_cast<double>(talkers_) /
              static_cast<double>(2 * plan.rooms.size())) {}

 private:
  bool closed_loop() const { return options_.rate <= 0; }

  std::int64_t Work(std::int64_t now_ns) override {
    if (closed_loop()) {
      if (!started_) Serve(now_ns);
      return std::numeric_limits<std::int64_t>::max();
    }
    while (talkers_ > 0 && pace_.Due(now_ns)) {
      Say(*peers_[turn_], pace_.due_ns());
      // All first sides, then all second ones.
      turn_ += 2;
      if (turn_ >= talkers_) turn_ = turn_ % 2 == 0 ? 1 : 0;
    }
    return pace_.due_ns();
  }

  /// As in tennis.
  void Serve(std::int64_t now_ns) {
    started_ = true;
    for (std::size_t i = 0; i < talkers_; i += 2) {
      for (std::size_t n = 0; n < options_.in_flight; ++n) Say(*peers_[i], now_ns);
    }
  }

  void Say(Peer& peer, std::int64_t intended_ns) {
    if (options_.real) peer.SendTyping(0, true);
    peer.SendMessage(0, intended_ns);
  }

  void OnMessage(Peer& peer, std::size_t held) override {
    if (options_.real) {
      peer.SendPosition("delivered", held);
      peer.SendPosition("read", held);
    }
    if (closed_loop() && context_.state.Working()) Say(peer, NowNs());
  }

  const std::size_t talkers_;  // the first of peers_
  Pace pace_;
  std::size_t turn_ = 0;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Driver> MakePairsDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker) {
  return std::make_unique<PairsDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
