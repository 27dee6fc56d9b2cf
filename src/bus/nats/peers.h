#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "bus/fleet.h"
#include "bus/nats/heartbeat.h"

namespace parley::bus {

/// Who else is alive, by what was heard of them. Pure: told the time. One thread at a time.
class Peers {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What a heartbeat changed.
  struct Heard {
    bool fresh = false;    ///< a node that was not known
    bool changed = false;  ///< the view is another one
  };

  /// `offset`: our clock less theirs.
  Heard Hear(const Heartbeat& heartbeat, Time now, std::chrono::milliseconds offset);
  /// Forgets who was last heard before `since`; answers whether there was one.
  bool Forget(Time since);
  /// Gives all of them time to be heard again.
  void Excuse(Time now);

  /// All of them and `self`, by id.
  FleetViewPtr ViewWith(const FleetView::Node& self) const;
  /// By how much this node's clock is ahead of the median of all, its own included (of two in the
  /// middle, the one that is nearer to its own); of the other's, where there are but two.
  std::chrono::milliseconds offset() const;

 private:
  struct Peer {
    FleetView::Node node;
    Time heard;
    std::chrono::milliseconds offset{};
  };

  std::map<NodeId, Peer> peers_;
};

}  // namespace parley::bus
