#include "app/fleet_keeper.h"

#include <utility>

namespace parley::app {

FleetKeeper::FleetKeeper(runtime::Shard& shard, bus::Fleet& fleet, Calls calls, Logger& log,
                         std::chrono::milliseconds interval)
    : fleet_(fleet), calls_(std::move(calls)), log_(log), interval_(interval), timer_(shard) {}

void FleetKeeper::Start() { Look(); }

void FleetKeeper::Drain() {
  drains_ = true;
  timer_.Cancel();
  fleet_.SetDraining(true);
}

void FleetKeeper::Look() {
  if (drains_) return;
  const Status status = calls_.check();
  const bool before = std::exchange(last_, !status.ok());
  if (last_ == before && last_ != steps_back_) {
    steps_back_ = last_;
    until_away_ = kSendAwayAfter;
    fleet_.SetDraining(steps_back_);
    if (steps_back_) {
      log_.Warning("cannot do its work: the other nodes take over", {{"error", status.message()}});
    } else {
      log_.Info("can do its work again");
    }
  } else if (steps_back_) {
    SendPeopleAway();
  }
  timer_.After(interval_, [this] { Look(); });
}

void FleetKeeper::SendPeopleAway() {
  if (!calls_.others_take_people()) {
    until_away_ = kSendAwayAfter;
    return;
  }
  if (--until_away_ > 0) return;
  until_away_ = kSendAwayAgain;
  calls_.send_away();
}

}  // namespace parley::app
