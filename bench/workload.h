#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/options.h"
#include "bench/peer.h"
#include "bench/plan.h"

namespace parley::bench {

/// Who takes part and in which conversations, before any account exists.
Plan MakePlan(const Options& options);
/// How many people a plan has.
std::size_t PeopleOf(const Options& options);
/// At which of the servers a person is: all in turn, so that the two of a pair are at different
/// ones; in a storm all at the first but for the outsiders, who are at the others.
std::size_t ServerOf(const Options& options, std::size_t person);

/// How many of the messages that others miss (`options.missed`) a person of a storm on one server
/// sends: outsiders who have conversations, alike.
std::size_t MissedOf(const Options& options, std::size_t person);
/// Of a plan's people those who are to fill its conversations with messages, one for each, and
/// nobody else: what they send is delivered to no other.
Plan FillPlan(const Plan& plan);

/// The part of a workload that one worker does: its peers and what they do when. One thread.
class Driver : protected Peer::Observer {
 public:
  /// The worker `worker` of `options.threads`. `plan` and `context` must outlive this.
  Driver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker);

  /// Does what is due at `now_ns`; answers when it wants to be asked again at the latest.
  std::int64_t Tick(std::int64_t now_ns);

  /// Messages that this worker's peers have sent and that are not acked.
  std::size_t Unanswered() const;
  /// People of this worker who are not connected, or not level.
  std::size_t Away() const;

 protected:
  /// Called while the run warms up and measures.
  virtual std::int64_t Work(std::int64_t now_ns) = 0;
  /// Called while the run drains.
  virtual std::int64_t Drain(std::int64_t now_ns);

  void OnReady(Peer& peer) override;
  void OnMessage(Peer& /*peer*/, std::size_t /*held*/) override {}
  void OnAck(Peer& /*peer*/, std::size_t /*held*/) override {}
  void OnLost(Peer& peer) override;

  WorkerContext& context_;
  const Options& options_;
  const Plan& plan_;
  /// Those of the plan's people that belong to this worker.
  std::vector<std::unique_ptr<Peer>> peers_;
  /// Whether first connections resume, as whoever holds anything should: a node of a fleet then
  /// knows of which large conversations it is to be told.
  bool resume_ = true;

 private:
  void ConnectMore();

  std::size_t begun_ = 0;
  std::size_t connecting_ = 0;
};

std::unique_ptr<Driver> MakePairsDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeGroupDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeIdleDriver(WorkerContext& context, const Options& options,
                                       const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeMixedDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeStormDriver(WorkerContext& context, const Options& options,
                                        const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeComebackDriver(WorkerContext& context, const Options& options,
                                           const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeFillDriver(WorkerContext& context, const Options& options,
                                       const Plan& plan, std::size_t worker);
std::unique_ptr<Driver> MakeDriver(WorkerContext& context, const Options& options, const Plan& plan,
                                   std::size_t worker);

}  // namespace parley::bench
