#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "base/log.h"
#include "base/status.h"
#include "bus/fleet.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/timer.h"
#include "storage/node_signs.h"

namespace parley::app {

/// Finds out whether this node alone is cut off from the bus. Then its people had better be
/// elsewhere: what others say reaches them late. Where the whole bus is gone, there is no better
/// place. Both look the same from here, so some nodes that are on the bus leave signs in the store:
/// who has lost the bus, and still sees signs when everybody must have noticed that a bus is gone,
/// is cut off.
///
/// Lifecycle: Start and Stop once each, from no shard. Everything else happens on its shard.
class FleetWitness {
 public:
  /// So many nodes leave signs, of all that are on the bus.
  static constexpr std::size_t kWitnesses = 3;
  /// Rounds until those who lose the bus with us have noticed it too: 6 s.
  static constexpr int kSettle = 3;
  /// Rounds without a sign, and the others have lost it as well.
  static constexpr int kSilence = 3;

  /// All must outlive it. `shard` runs.
  FleetWitness(runtime::Shard& shard, bus::Fleet& fleet, storage::NodeSigns& signs,
               std::chrono::milliseconds interval = std::chrono::seconds(2));
  ~FleetWitness();
  FleetWitness(const FleetWitness&) = delete;
  FleetWitness& operator=(const FleetWitness&) = delete;

  void Start();
  /// Returns once nothing is under way.
  void Stop();

  /// kUnavailable while this node is cut off. Any thread.
  Status Check() const;

  /// One look. For tests, and the loop. Await on the shard, one at a time.
  runtime::Task<void> Look();

 private:
  void LookLater();
  static runtime::Task<void> LookAndGoOn(FleetWitness* self);
  bool IsWitness() const;
  /// What the signs of now say; the bus has been lost for `lost_` rounds.
  void Judge(const std::vector<storage::NodeSign>& signs);

  runtime::Shard& shard_;
  bus::Fleet& fleet_;
  storage::NodeSigns& signs_;
  const std::chrono::milliseconds interval_;
  std::unique_ptr<runtime::Timer> timer_;
  std::int64_t beat_ = 0;
  int lost_ = 0;    ///< rounds without the bus
  int silent_ = 0;  ///< of these, the last ones without a new sign
  std::unordered_map<Uuid, std::int64_t> seen_;
  std::atomic<bool> cut_off_{false};
  bool looking_ = false;
  bool stopping_ = false;
  std::function<void()> stopped_;
};

}  // namespace parley::app
