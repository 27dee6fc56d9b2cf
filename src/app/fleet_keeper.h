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
/// (no database, a clock that is off), the node tells the others that it takes nothing new, and
/// once it is well twice in a row, that it does again. A node that stops tells it for good.
///
/// Belongs to a shard: all calls and the end on it, or while it does not run.
class FleetKeeper {
 public:
  /// `check` must not block. All must outlive it.
  FleetKeeper(runtime::Shard& shard, bus::Fleet& fleet, std::function<Status()> check, Logger& log,
              std::chrono::milliseconds interval = std::chrono::seconds(1));

  void Start();
  /// From here on nothing new is taken, whatever the check says.
  void Drain();

 private:
  void Look();

  bus::Fleet& fleet_;
  const std::function<Status()> check_;
  Logger& log_;
  const std::chrono::milliseconds interval_;
  runtime::Timer timer_;
  bool steps_back_ = false;  ///< what the others were told
  bool last_ = false;        ///< whether the last look found that it should
  bool drains_ = false;
};

}  // namespace parley::app
