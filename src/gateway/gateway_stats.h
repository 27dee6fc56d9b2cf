#pragma once

#include <atomic>
#include <cstdint>

#include "metrics/counter_set.h"
#include "metrics/hot_counter.h"

namespace parley::gateway {

/// What the sessions of this node count. Any thread.
struct GatewayStats {
  std::atomic<std::uint64_t> opened{0};   ///< sessions so far
  std::atomic<std::int64_t> sessions{0};  ///< open and authenticated now
  std::atomic<std::uint64_t> resumes{0};  ///< resumes that were answered to the end
  std::atomic<std::uint64_t> sync_frames{0};
  std::atomic<std::uint64_t> catch_ups{0};          ///< times that a session compared its heads
  std::atomic<std::uint64_t> found_missing{0};      ///< conversations of which it then had less
  metrics::HotCounter deliveries;                   ///< changes handed to a session's outbox, live
  metrics::HotCounter commands;                     ///< frames of clients that ask for something
  std::atomic<std::uint64_t> momentary_dropped{0};  ///< receipts, typing, profiles not told
  std::atomic<std::uint64_t> without_place{0};  ///< closed: too many of their account or address
  std::atomic<std::uint64_t> paused{0};         ///< times that reading stopped: too much unanswered
};

}  // namespace parley::gateway
