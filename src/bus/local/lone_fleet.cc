#include "bus/local/lone_fleet.h"

#include <utility>

#include "runtime/shard.h"

namespace parley::bus {

LoneFleet::LoneFleet(NodeId self)
    : self_(self),
      view_(std::make_shared<const FleetView>(FleetView{{{self, "this one", false}}})) {}

std::unique_ptr<Subscription> LoneFleet::OnViewChange(UniqueFunction<void()> /*changed*/) {
  return std::make_unique<Subscription>();
}

void LoneFleet::Serve(std::string /*topic*/, Handler /*handler*/) {}

void LoneFleet::Ask(NodeId /*node*/, std::string_view /*topic*/, std::string /*request*/,
                    std::chrono::milliseconds /*timeout*/, AskDone done) {
  runtime::Shard::Current()->Post(
      [done = std::move(done)]() mutable { done(NotFound("there is no other node")); });
}

void LoneFleet::Broadcast(std::string_view /*topic*/, std::string /*message*/) {}

void LoneFleet::Listen(std::string /*topic*/, Listener /*listener*/) {}

}  // namespace parley::bus
