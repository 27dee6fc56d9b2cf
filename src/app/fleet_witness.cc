#include "app/fleet_witness.h"

#include <algorithm>
#include <future>
#include <vector>

#include "runtime/spawn.h"

namespace parley::app {

FleetWitness::FleetWitness(runtime::Shard& shard, bus::Fleet& fleet, storage::NodeSigns& signs,
                           std::chrono::milliseconds interval)
    : shard_(shard), fleet_(fleet), signs_(signs), interval_(interval) {}

FleetWitness::~FleetWitness() = default;

void FleetWitness::Start() {
  shard_.Post([this] {
    timer_ = std::make_unique<runtime::Timer>(shard_);
    LookLater();
  });
}

void FleetWitness::Stop() {
  std::promise<void> stopped;
  shard_.Post([&] {
    stopping_ = true;
    timer_.reset();
    if (looking_) {
      stopped_ = [&stopped] { stopped.set_value(); };
    } else {
      stopped.set_value();
    }
  });
  stopped.get_future().wait();
}

Status FleetWitness::Check() const {
  if (!cut_off_) return Status::Ok();
  return Unavailable(
      "this node does not reach NATS, and others do: look at its network and at bus.nats.urls");
}

void FleetWitness::LookLater() {
  timer_->After(interval_, [this] {
    looking_ = true;
    runtime::Spawn(shard_, "witness", LookAndGoOn(this));
  });
}

runtime::Task<void> FleetWitness::LookAndGoOn(FleetWitness* self) {
  co_await self->Look();
  self->looking_ = false;
  if (self->stopping_) {
    if (self->stopped_) self->stopped_();
  } else {
    self->LookLater();
  }
}

runtime::Task<void> FleetWitness::Look() {
  if (fleet_.connection().ok()) {
    cut_off_ = false;
    lost_ = silent_ = 0;
    seen_.clear();
    if (IsWitness()) {
      IgnoreStatus(co_await signs_.Give({fleet_.self().uuid(), ++beat_}),
                   "the next one follows soon");
    }
    co_return;
  }
  ++lost_;
  const Result<std::vector<storage::NodeSign>> signs = co_await signs_.Read();
  // Without the store nothing is known; that is told as a fault of its own.
  if (signs.ok()) Judge(*signs);
}

bool FleetWitness::IsWitness() const {
  const bus::FleetViewPtr view = fleet_.view();
  const auto self = std::ranges::find(view->nodes, fleet_.self(), &bus::FleetView::Node::id);
  return self - view->nodes.begin() < static_cast<std::ptrdiff_t>(kWitnesses);
}

void FleetWitness::Judge(const std::vector<storage::NodeSign>& signs) {
  bool fresh = false;
  for (const storage::NodeSign& sign : signs) {
    const auto [seen, is_new] = seen_.try_emplace(sign.node, sign.beat);
    // A node that came into being meanwhile counts from its second sign on.
    fresh = fresh || (!is_new && seen->second != sign.beat);
    seen->second = sign.beat;
  }
  silent_ = fresh ? 0 : silent_ + 1;
  if (lost_ > kSettle && fresh) cut_off_ = true;
  if (silent_ >= kSilence) cut_off_ = false;
}

}  // namespace parley::app
