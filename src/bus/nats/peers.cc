#include "bus/nats/peers.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace parley::bus {

Peers::Heard Peers::Hear(const Heartbeat& heartbeat, Time now, std::chrono::milliseconds offset) {
  if (heartbeat.kind == Heartbeat::Kind::kGoodbye) {
    return {.changed = peers_.erase(heartbeat.node.id) > 0};
  }
  const auto [it, fresh] = peers_.try_emplace(heartbeat.node.id);
  Peer& peer = it->second;
  peer.heard = now;
  peer.offset = offset;
  const bool changed = fresh || peer.node != heartbeat.node;
  peer.node = heartbeat.node;
  return {fresh, changed};
}

bool Peers::Forget(Time since) {
  return std::erase_if(peers_, [since](const auto& each) { return each.second.heard < since; }) > 0;
}

void Peers::Excuse(Time now) {
  for (auto& [id, peer] : peers_) peer.heard = now;
}

FleetViewPtr Peers::ViewWith(const FleetView::Node& self) const {
  auto view = std::make_shared<FleetView>();
  view->nodes.reserve(peers_.size() + 1);
  view->nodes.push_back(self);
  for (const auto& [id, peer] : peers_) view->nodes.push_back(peer.node);
  std::ranges::sort(view->nodes, {}, &FleetView::Node::id);
  return view;
}

std::chrono::milliseconds Peers::offset() const {
  // Of two clocks nobody knows which one is off: both are.
  if (peers_.size() == 1) return peers_.begin()->second.offset;
  // Of more, this node's own is one: the one that is off finds the others against it, and those
  // find each other.
  std::vector<std::chrono::milliseconds> offsets{std::chrono::milliseconds(0)};
  offsets.reserve(peers_.size() + 1);
  for (const auto& [id, peer] : peers_) offsets.push_back(peer.offset);
  std::ranges::sort(offsets);
  const std::chrono::milliseconds lower = offsets[(offsets.size() - 1) / 2];
  const std::chrono::milliseconds upper = offsets[offsets.size() / 2];
  return std::chrono::abs(lower) <= std::chrono::abs(upper) ? lower : upper;
}

}  // namespace parley::bus
