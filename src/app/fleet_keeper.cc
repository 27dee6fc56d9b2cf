#include "app/fleet_keeper.h"

#include <utility>

namespace parley::app {

FleetKeeper::FleetKeeper(runtime::Shard& shard, bus::Fleet& fleet, std::function<Status()> check,
                         Logger& log, std::chrono::milliseconds interval)
    : fleet_(fleet), check_(std::move(check)), log_(log), interval_(interval), timer_(shard) {}

void FleetKeeper::Start() { Look(); }

void FleetKeeper::Drain() {
  drains_ = true;
  timer_.Cancel();
  fleet_.SetDraining(true);
}

void FleetKeeper::Look() {
  if (drains_) return;
  const Status status = check_();
  const bool before = std::exchange(last_, !status.ok());
  if (last_ == before && last_ != steps_back_) {
    steps_back_ = last_;
    fleet_.SetDraining(steps_back_);
    if (steps_back_) {
      log_.Warning("cannot do its work: the other nodes take over", {{"error", status.message()}});
    } else {
      log_.Info("can do its work again");
    }
  }
  timer_.After(interval_, [this] { Look(); });
}

}  // namespace parley::app
