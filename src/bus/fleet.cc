#include "bus/fleet.h"

#include <cassert>

namespace parley::bus {
namespace {

/// FNV-1a, then the finalizer of MurmurHash3: the same on every node and in every version, as it
/// must be.
std::uint64_t Weight(NodeId node, std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&hash](std::string_view bytes) {
    for (const char c : bytes) {
      hash ^= static_cast<std::uint8_t>(c);
      hash *= 0x100000001b3ULL;
    }
  };
  add(key);
  add(node.view());
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 33);
}

}  // namespace

NodeId PreferredNode(const FleetView& view, std::string_view key) {
  assert(!view.nodes.empty());
  const FleetView::Node* best = nullptr;
  std::uint64_t best_weight = 0;
  for (const FleetView::Node& node : view.nodes) {
    const std::uint64_t weight = Weight(node.id, key);
    const bool better = best == nullptr || (best->draining && !node.draining) ||
                        (best->draining == node.draining && weight > best_weight);
    if (!better) continue;
    best = &node;
    best_weight = weight;
  }
  return best->id;
}

}  // namespace parley::bus
