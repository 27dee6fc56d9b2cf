#include <limits>
#include <map>
#include <utility>

#include "bench/clock.h"
#include "bench/workload.h"

namespace parley::bench {
namespace {

/// Puts messages into conversations whose other members are not there: each person has many under
/// way in each of theirs, until all have sent their share of `stored`.
class FillDriver : public Driver {
 public:
  FillDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker) {
    for (std::size_t i = 0; i < plan.rooms.size(); ++i) {
      // The remainder goes to the first ones, so that exactly `stored` are sent.
      const std::uint64_t more = i < options.stored % plan.rooms.size() ? 1 : 0;
      left_[plan.rooms[i].members.front()] += options.stored / plan.rooms.size() + more;
    }
  }

 private:
  static constexpr std::size_t kInFlight = 32;  // of one person

  std::int64_t Work(std::int64_t now_ns) override {
    if (!std::exchange(started_, true)) {
      for (const auto& peer : peers_) {
        for (std::size_t n = 0; n < kInFlight; ++n) SendNext(*peer, now_ns);
      }
    }
    return std::numeric_limits<std::int64_t>::max();
  }

  void SendNext(Peer& peer, std::int64_t now_ns) {
    std::uint64_t& left = left_[peer.index()];
    if (left == 0) return;
    --left;
    peer.SendMessage(left % peer.held().size(), now_ns);
  }

  void OnAck(Peer& peer, std::size_t /*held*/) override {
    if (context_.state.Working()) SendNext(peer, NowNs());
  }

  std::map<std::size_t, std::uint64_t> left_;  // to be sent, by person
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Driver> MakeFillDriver(WorkerContext& context, const Options& options,
                                       const Plan& plan, std::size_t worker) {
  return std::make_unique<FillDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
