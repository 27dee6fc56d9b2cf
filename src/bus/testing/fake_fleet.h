#pragma once

#include <memory>

#include "bus/fleet.h"

namespace parley::bus {

/// A fleet of several nodes in one process, for tests of what is built on bus::Fleet, with controls
/// for what goes wrong between them. It passes the fleet's contract suite.
///
///   FakeFleet fleet(3);
///   fleet.node(0).Serve("chat", …);
///   for (int i = 0; i < 3; ++i) fleet.node(i).Start();
///   fleet.LoseAnswers(1, 1);
///
/// Deterministic where the shards are driven by hand: a request is handled on the shard that asks,
/// after Ask has returned; an answer is posted to it. Views change at once. The controls may be
/// used on any thread. Time-outs are real time.
class FakeFleet {
 public:
  /// Node i has an id whose last byte is i + 1, and the name "node i".
  explicit FakeFleet(int size);
  /// After the shards that asked were stopped.
  ~FakeFleet();
  FakeFleet(const FakeFleet&) = delete;
  FakeFleet& operator=(const FakeFleet&) = delete;

  Fleet& node(int index);

  /// The node dies without a word: it leaves the others' views, requests to it find nobody, and
  /// those that it had not answered are never answered.
  void Kill(int index);

  /// No word leaves or reaches the node, and both sides know: its connection() fails, it sees
  /// itself alone and its requests are kUnavailable; the others lose it from their views.
  void CutOff(int index);
  void Reconnect(int index);

  /// The node stands still: it leaves the others' views, but requests to it are still taken in, and
  /// wait until it goes on.
  void Pause(int index);
  void Continue(int index);

  /// Requests to the node wait, though everybody believes it well.
  void HoldRequests(int index);
  void ReleaseRequests(int index);

  /// The next `count` requests to the node, or answers of it, get lost on the way.
  void LoseRequests(int index, int count);
  void LoseAnswers(int index, int count);

  /// By how much the node's clock_offset() is off.
  void SetClockOffset(int index, std::chrono::milliseconds offset);

 private:
  class Node;
  class World;

  std::shared_ptr<World> world_;
};

}  // namespace parley::bus
