#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "auth/keyed_hash.h"
#include "base/clock.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/fleet.h"
#include "chat/stored_conversation.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/timer.h"
#include "storage/store.h"

namespace parley::chat {

/// What a sweeper is made of; all of it outlives the sweeper.
struct SweeperDependencies {
  runtime::Shard* shard = nullptr;
  storage::Store* store = nullptr;
  bus::Fleet* fleet = nullptr;
  bus::Bus* bus = nullptr;
  Clock* clock = nullptr;
  storage::SecretKey fingerprint_key{};
  std::chrono::milliseconds interval{20'000};
  /// While the bus is gone, when every node looks after its own people.
  std::chrono::milliseconds interval_alone{30'000};
};

/// What sweeps found. Any thread.
struct SweeperStats {
  std::atomic<std::uint64_t> sweeps{0};     ///< gone through to the end
  std::atomic<std::uint64_t> looked_at{0};  ///< conversations
  std::atomic<std::uint64_t> finished{0};   ///< whose effects were missing
  std::atomic<std::uint64_t> told{0};       ///< whose head was published
  std::atomic<std::uint64_t> failed{0};     ///< that could not be read, or written
};

/// Looks after what a node left undone when it died: goes over the conversations that were active
/// in the last minutes, finishes the effects of their entries, and publishes each head that it has
/// not published yet. So members learn of everything within a minute, even if nobody ever comes to
/// that conversation again. The conversations are divided into kActiveShards, each looked after by
/// its preferred node. A minute that is over, and of which nothing was left to do, is left out then
/// until it is the oldest of them: what a node writes there that stood still meanwhile is found at
/// last. While the bus is gone, each node goes over all of them for the people whom it holds.
/// (docs/architecture.md, "Many nodes")
///
/// Lifecycle: Start and Stop once each, from no shard. Everything happens on its shard.
class Sweeper {
 public:
  /// Conversations that are looked at at the same time.
  static constexpr std::size_t kAtOnce = 8;
  /// So far back it looks.
  static constexpr std::int64_t kMinutes = 10;

  explicit Sweeper(const SweeperDependencies& dependencies);
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  void Start();
  /// Returns once nothing is under way.
  void Stop();

  /// Goes over everything once. For tests, and the loop. Await on the shard, one at a time.
  runtime::Task<void> Sweep();

  const SweeperStats& stats() const { return stats_; }

 private:
  struct Round;
  /// What was active in one minute, of one shard.
  using Page = std::pair<std::uint32_t, std::int64_t>;
  struct Told {
    Seq head;
    std::int64_t minute;  ///< when it was last found to have been active
  };

  bool IsAlone() const { return !deps_.fleet->connection().ok(); }
  /// Of the shards of this node, and not settled.
  std::vector<Page> PagesAt(std::int64_t minute) const;
  /// All that they list was looked at, and is well.
  void Settle(const std::vector<Page>& pages, std::int64_t minute);
  void SweepLater();
  static runtime::Task<void> SweepAndGoOn(Sweeper* self);
  /// Looks at one after the other, while there are any.
  static runtime::Task<void> Work(Sweeper* self, std::shared_ptr<Round> round);
  runtime::Task<void> LookAt(ConversationId conversation);
  /// Who came and went in the last entries up to the head, of those behind `after`.
  runtime::Task<Result<MemberChanges>> ReadChanges(ConversationId conversation, Seq after,
                                                   Seq head);

  const SweeperDependencies deps_;
  const auth::Fingerprinter fingerprinter_;
  SweeperStats stats_;
  std::unordered_map<ConversationId, Told> told_;  ///< of what was active in the last minutes
  std::set<Page> settled_;
  std::unique_ptr<runtime::Timer> timer_;
  bool sweeping_ = false;
  bool stopping_ = false;
  UniqueFunction<void()> stopped_;
};

}  // namespace parley::chat
