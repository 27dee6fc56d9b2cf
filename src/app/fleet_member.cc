#include "app/fleet_member.h"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "storage/cached/cache_news.h"

namespace parley::app {

FleetMember::FleetMember(const Parts& parts)
    : parts_(parts),
      fleet_(*parts.bus.fleet()),
      sweeper_(chat::SweeperDependencies{.shard = &parts.shard,
                                         .store = &parts.store,
                                         .fleet = parts.bus.fleet(),
                                         .bus = &parts.bus.bus(),
                                         .clock = &parts.clock,
                                         .fingerprint_key = parts.fingerprint_key}),
      keeper_(parts.shard, fleet_,
              {.check = [this] { return CheckFitness(); },
               .others_take_people = [this] { return OthersTakePeople(); },
               .send_away = parts.send_away},
              parts.log) {
  if (parts.signs != nullptr) witness_.emplace(parts.shard, fleet_, *parts.signs);
}

FleetMember::~FleetMember() = default;

void FleetMember::Join() {
  HearNews();
  parts_.bus.OnPause([this] {
    parts_.store.Forget();
    parts_.chat.DropAll();
  });
  parts_.bus.Start();
  sweeper_.Start();
  if (witness_) witness_->Start();
  parts_.shard.Post([this] { keeper_.Start(); });
}

void FleetMember::HearNews() {
  fleet_.Listen(std::string(kCacheTopic), [this](std::string_view message) {
    const Result<storage::cached::CacheNews> news = storage::cached::DecodeNews(message);
    // What another version says and this one does not understand is found out by its age.
    if (news.ok()) parts_.store.Hear(*news);
  });
}

void FleetMember::Drain() {
  parts_.shard.Post([this] { keeper_.Drain(); });
}

void FleetMember::Stop() {
  sweeper_.Stop();
  if (witness_) witness_->Stop();
}

Status FleetMember::CheckClock() const {
  const std::chrono::milliseconds offset = fleet_.clock_offset();
  if (std::chrono::abs(offset) <= parts_.settings.max_clock_offset) return Status::Ok();
  return Unavailable(fmt::format("the clock is {} ms {} those of the other nodes: set it (NTP)",
                                 std::chrono::abs(offset).count(),
                                 offset.count() > 0 ? "ahead of" : "behind"));
}

Status FleetMember::CheckFitness() const {
  PARLEY_TRY(parts_.store.health());
  PARLEY_TRY(CheckBus());
  return CheckClock();
}

Status FleetMember::CheckBus() const { return witness_ ? witness_->Check() : Status::Ok(); }

bool FleetMember::OthersTakePeople() const {
  // Who is cut off sees nobody, and knows that there are others.
  if (!CheckBus().ok()) return true;
  const bus::FleetViewPtr view = fleet_.view();
  return std::ranges::any_of(view->nodes, [this](const bus::FleetView::Node& node) {
    return !node.draining && node.id != fleet_.self();
  });
}

}  // namespace parley::app
