#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "bench/histogram.h"

namespace parley::bench {

/// What a run is doing; goes forward only.
enum class Phase {
  kConnecting,
  kWarmup,
  kMeasuring,
  kDraining,  ///< nothing new begins; what was begun is waited for
  kDone,
};

inline const char* PhaseName(Phase phase) {
  constexpr std::array kNames{"connecting", "warmup", "measuring", "draining", "done"};
  return kNames.at(static_cast<std::size_t>(phase));
}

/// How far the comeback to one server is (comeback.cc); goes forward only.
enum class Comeback {
  kQuiet,
  kAway,       ///< all but outsiders drop their connections
  kSending,    ///< outsiders send what the others miss
  kReturning,  ///< all who are away come back
};

/// What the coordinator tells the workers. Also across processes: atomics and nothing else.
struct RunState {
  std::atomic<Phase> phase{Phase::kConnecting};
  /// Latencies count for what was (to be) sent from here, in ns of NowNs() ...
  std::atomic<std::int64_t> measure_from{std::numeric_limits<std::int64_t>::max()};
  /// ... until here.
  std::atomic<std::int64_t> measure_until{std::numeric_limits<std::int64_t>::max()};

  std::atomic<Comeback> comeback{Comeback::kQuiet};
  /// When all who are away may come back.
  std::atomic<std::int64_t> return_from{0};

  bool Measured(std::int64_t sent_ns) const {
    return sent_ns >= measure_from.load(std::memory_order_relaxed) &&
           sent_ns < measure_until.load(std::memory_order_relaxed);
  }
  /// Whether new work may begin.
  bool Working() const {
    const Phase now = phase.load(std::memory_order_relaxed);
    return now == Phase::kWarmup || now == Phase::kMeasuring;
  }
};

/// What is counted. The names in kCounterNames are those of the JSON.
enum class Counter : std::uint8_t {
  kConnected,        ///< sessions that became ready, the first time
  kSent,             ///< messages, each once however often it was tried
  kAcked,            ///< messages
  kRefused,          ///< `error` frames
  kExpected,         ///< one for each member of the conversation of an acked message
  kDelivered,        ///< messages of others that came live
  kEchoed,           ///< own messages that came live
  kRecovered,        ///< messages that came by `sync` after a reconnect
  kRepeated,         ///< changes that had come before on the same connection or sync
  kHoles,            ///< changes that were skipped
  kResets,           ///< conversations that `sync` told to begin anew
  kConnectionsLost,  ///< that ended though nobody wanted it, or could not be made at first
  kConnectsFailed,   ///< attempts to come back that came to nothing
  kReturned,         ///< people who are level again after their connection was lost
  kReconnects,       ///< on purpose
  kResends,          ///< messages tried again, after a reconnect or a refusal for now
  kPositionsSent,    ///< `read` and `delivered`
  kTypingSent,
  kReceipts,  ///< frames received, as the next four
  kTyping,
  kPresence,
  kInbox,
  kOther,
  kCount,
};
constexpr std::size_t kCounters = static_cast<std::size_t>(Counter::kCount);
constexpr std::array<std::string_view, kCounters> kCounterNames{"connected",
                                                                "sent",
                                                                "acked",
                                                                "refused",
                                                                "expected",
                                                                "delivered",
                                                                "echoed",
                                                                "recovered",
                                                                "repeated",
                                                                "holes",
                                                                "resets",
                                                                "connections_lost",
                                                                "connects_failed",
                                                                "returned",
                                                                "reconnects",
                                                                "resends",
                                                                "positions_sent",
                                                                "typing_sent",
                                                                "receipts_received",
                                                                "typing_received",
                                                                "presence_received",
                                                                "inbox_received",
                                                                "other_received"};

/// The values of all counters at one moment.
struct Counts {
  std::array<std::uint64_t, kCounters> values{};
  std::uint64_t operator[](Counter counter) const {
    return values.at(static_cast<std::size_t>(counter));
  }
  /// Messages that a member got, each once, in whatever way.
  std::uint64_t Received() const {
    return (*this)[Counter::kDelivered] + (*this)[Counter::kEchoed] + (*this)[Counter::kRecovered];
  }
};

/// A worker's counters, which may lie in memory that processes share.
using CounterBlock = std::array<std::atomic<std::uint64_t>, kCounters>;

inline void AddTo(Counts& counts, const CounterBlock& block) {
  for (std::size_t i = 0; i < kCounters; ++i) {
    counts.values[i] += block[i].load(std::memory_order_relaxed);
  }
}

/// What all workers of a run share, in one process or several.
struct SharedState {
  static constexpr std::size_t kMaxWorkers = 256;
  RunState state;
  std::array<CounterBlock, kMaxWorkers> counters{};
};

/// What one worker has seen. The worker writes; counters may be read by others at any time,
/// everything else after the worker has ended.
class Stats {
 public:
  void Add(Counter counter, std::uint64_t count = 1) {
    // One writer: no need for the price of an atomic addition.
    std::atomic<std::uint64_t>& value = (*counters_)[static_cast<std::size_t>(counter)];
    value.store(value.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  /// Counts in `block`, which must outlive this, from now on. Before anything was counted.
  void CountIn(CounterBlock& block) { counters_ = &block; }
  /// Keeps the first.
  void NoteError(const std::string& what) {
    if (first_error.empty()) first_error = what;
  }

  Histogram ack;       ///< from the intended time of sending to the ack
  Histogram delivery;  ///< from there to the change at another member
  Histogram lag;       ///< how late the generator itself sent
  Histogram level;     ///< from the loss of a connection until its owner has all that was missed
  std::int64_t first_lost_ns = std::numeric_limits<std::int64_t>::max();  ///< NowNs()
  std::int64_t last_level_ns = 0;
  std::string first_error;
  std::int64_t cpu_ns = 0;  ///< of the worker's thread while it measured

 private:
  CounterBlock own_{};
  CounterBlock* counters_ = &own_;
};

}  // namespace parley::bench
