#include "bench/resume_probe.h"

#include <memory>
#include <string>

#include "bench/clock.h"
#include "bench/parley_peer.h"

namespace parley::bench {
namespace {

constexpr std::int64_t kDeadlineNs = 30 * kNsPerSecond;

/// Sees when it is level, or lost.
class Witness : public Peer::Observer {
 public:
  void OnReady(Peer& /*peer*/) override { level_ = true; }
  void OnMessage(Peer& /*peer*/, std::size_t /*held*/) override {}
  void OnAck(Peer& /*peer*/, std::size_t /*held*/) override {}
  void OnLost(Peer& /*peer*/) override { lost_ = true; }

  bool level() const { return level_; }
  bool lost() const { return lost_; }

 private:
  bool level_ = false;
  bool lost_ = false;
};

}  // namespace

Status ConnectAndResume(const std::vector<Target>& targets, const Person& person,
                        const std::vector<Held>& held) {
  const RunState state;
  WorkerContext context(state, targets, 0, 0);
  Witness witness;
  const auto peer = std::make_unique<ParleyPeer>(context, witness, 0, person, held, 0);
  peer->Connect(true);
  const std::int64_t deadline = NowNs() + kDeadlineNs;
  while (!witness.level() && !witness.lost() && NowNs() < deadline) {
    context.loop.RunOnce(deadline);
  }
  peer->Abort();
  if (witness.level()) return Status::Ok();
  return Unavailable("a resume failed: " + context.stats.first_error);
}

}  // namespace parley::bench
