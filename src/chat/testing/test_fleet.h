#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "bus/local/lone_fleet.h"
#include "runtime/shard.h"

namespace parley::chat {

/// The fleet as one node of a test sees it: of those whom the test names. Says nothing to anybody.
/// Touched on one thread.
class TestFleet : public bus::LoneFleet {
 public:
  explicit TestFleet(bus::NodeId self) : LoneFleet(self), view_(LoneFleet::view()) {}

  bus::FleetViewPtr view() const override { return view_; }
  std::unique_ptr<bus::Subscription> OnViewChange(UniqueFunction<void()> changed) override {
    auto listener = std::make_shared<Listener>(runtime::Shard::Current(), std::move(changed));
    listeners_.push_back(listener);
    return std::make_unique<Watch>(std::move(listener));
  }
  void SetDraining(bool draining) override {
    bus::FleetView view = *view_;
    for (bus::FleetView::Node& node : view.nodes) {
      if (node.id == self()) node.draining = draining;
    }
    SetView(std::move(view));
  }
  Status connection() const override { return connection_; }

  enum class Notice { kNone, kGiven };
  void SetView(bus::FleetView view, Notice notice = Notice::kGiven) {
    view_ = std::make_shared<const bus::FleetView>(std::move(view));
    if (notice == Notice::kNone) return;
    for (const std::shared_ptr<Listener>& listener : listeners_) {
      listener->shard->Post([listener] {
        if (listener->changed) listener->changed();
      });
    }
  }
  void SetConnection(Status connection) { connection_ = std::move(connection); }

 private:
  struct Listener {
    runtime::Shard* shard;
    UniqueFunction<void()> changed;
  };
  struct Watch : bus::Subscription {
    explicit Watch(std::shared_ptr<Listener> to) : listener(std::move(to)) {}
    ~Watch() override { listener->changed = nullptr; }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    std::shared_ptr<Listener> listener;
  };

  bus::FleetViewPtr view_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  Status connection_;
};

}  // namespace parley::chat
