#include <limits>

#include "bench/pace.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// One group, of which the first `senders` people send. Closed loop: each has `in_flight`
/// unanswered messages at any time.
class GroupDriver : public Driver {
 public:
  GroupDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker), pace_(0) {
    for (const auto& peer : peers_) {
      if (peer->index() < options.senders) senders_.push_back(peer.get());
    }
    pace_ = Pace(options.rate * static_cast<double>(senders_.size()) /
                 static_cast<double>(options.senders));
  }

 private:
  std::int64_t Work(std::int64_t now_ns) override {
    if (senders_.empty()) return std::numeric_limits<std::int64_t>::max();
    if (options_.rate > 0) {
      while (pace_.Due(now_ns)) senders_[turn_++ % senders_.size()]->SendMessage(0, pace_.due_ns());
      return pace_.due_ns();
    }
    if (!started_) {
      started_ = true;
      for (Peer* sender : senders_) {
        for (std::size_t n = 0; n < options_.in_flight; ++n) sender->SendMessage(0, now_ns);
      }
    }
    return std::numeric_limits<std::int64_t>::max();
  }

  void OnAck(Peer& peer, std::size_t held) override {
    if (options_.rate <= 0 && context_.state.Working()) peer.SendMessage(held, NowNs());
  }

  Pace pace_;
  std::vector<Peer*> senders_;
  std::size_t turn_ = 0;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Driver> MakeGroupDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker) {
  return std::make_unique<GroupDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
