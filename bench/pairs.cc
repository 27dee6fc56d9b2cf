#include <limits>

#include "bench/pace.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// Pairs who talk one to one. Closed loop: whoever gets a message answers it at once, and so
/// `in_flight` messages go back and forth in each pair. Open loop: the sides of all pairs send in
/// turn, each when it is due.
class PairsDriver : public Driver {
 public:
  PairsDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker),
        pace_(options.rate * static_cast<double>(peers_.size()) /
              static_cast<double>(plan.people.size())) {}

 private:
  bool closed_loop() const { return options_.rate <= 0; }

  std::int64_t Work(std::int64_t now_ns) override {
    if (closed_loop()) {
      if (!started_) Serve(now_ns);
      return std::numeric_limits<std::int64_t>::max();
    }
    while (pace_.Due(now_ns)) {
      peers_[turn_]->SendMessage(0, pace_.due_ns());
      // All first sides, then all second ones.
      turn_ += 2;
      if (turn_ >= peers_.size()) turn_ = turn_ % 2 == 0 ? 1 : 0;
    }
    return pace_.due_ns();
  }

  /// As in tennis.
  void Serve(std::int64_t now_ns) {
    started_ = true;
    for (std::size_t i = 0; i < peers_.size(); i += 2) {
      for (std::size_t n = 0; n < options_.in_flight; ++n) peers_[i]->SendMessage(0, now_ns);
    }
  }

  void OnMessage(Peer& peer, std::size_t held) override {
    if (closed_loop() && context_.state.Working()) peer.SendMessage(held, NowNs());
  }

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
