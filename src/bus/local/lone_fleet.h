#pragma once

#include "bus/fleet.h"

namespace parley::bus {

/// The fleet of a single process: nobody else is there.
class LoneFleet : public Fleet {
 public:
  explicit LoneFleet(NodeId self);

  NodeId self() const override { return self_; }
  FleetViewPtr view() const override { return view_; }
  std::unique_ptr<Subscription> OnViewChange(UniqueFunction<void()> changed) override;
  void SetDraining(bool /*draining*/) override {}
  Status connection() const override { return Status::Ok(); }
  std::chrono::milliseconds clock_offset() const override { return {}; }
  void Serve(std::string topic, Handler handler) override;
  void Ask(NodeId node, std::string_view topic, std::string request,
           std::chrono::milliseconds timeout, AskDone done) override;
  void Broadcast(std::string_view topic, std::string message) override;
  void Listen(std::string topic, Listener listener) override;
  void Start() override {}
  void Stop() override {}

 private:
  const NodeId self_;
  const FleetViewPtr view_;
};

}  // namespace parley::bus
