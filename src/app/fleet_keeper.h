#pragma once

#include <chrono>
#include <functional>

#include "base/log.h"
#include "base/status.h"
#include "bus/fleet.h"
#include "runtime/shard.h"
#include "runtime/timer.h"

namespace parley::app {

/// Keeps a node that cannot do its work from being asked to: where the check fails twice in a row
/// (no database, no bus, a clock that is off), the node tells the others that it takes nothing new,
/// and once it is well twice in a row, that it does again. A node that stops tells it for good.
///
/// Its people are sent away as long as there is another node that takes them: not at once, since
/// what fails here may fail everywhere, and then they had better stay where they are; and again
/// and again, since some come back before the balancer knows.
///
/// Belongs to a shard: all calls and the end on it, or while it does not run.
class FleetKeeper {
 public:
  /// Looks, with others who take people, until ours are sent there, and until they are again.
  static constexpr int kSendAwayAfter = 2;
  static constexpr int kSendAwayAgain = 6;

  /// What it asks and does. None may block.
  struct Calls {
    std::function<Status()> check;
    std::function<bool()> others_take_people;
    std::function<void()> send_away;
  };

  /// All must outlive it.
  FleetKeeper(runtime::Shard& shard, bus::Fleet& fleet, Calls calls, Logger& log,
              std::chrono::milliseconds interval = std::chrono::milliseconds(500));

  void Start();
  /// From here on nothing new is taken, whatever the check says.
  void Drain();

 private:
  void Look();
  void SendPeopleAway();

  bus::Fleet& fleet_;
  const Calls calls_;
  Logger& log_;
  const std::chrono::milliseconds interval_;
  runtime::Timer timer_;
  bool steps_back_ = false;  ///< what the others were told
  bool last_ = false;        ///< whether the last look found that it should
  bool drains_ = false;
  int until_away_ = kSendAwayAfter;  ///< looks
};

}  // namespace parley::app
