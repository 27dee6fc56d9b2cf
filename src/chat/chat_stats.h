#pragma once

#include <atomic>
#include <cstdint>

#include "metrics/hot_counter.h"

namespace parley::chat {

/// What the conversations of this node count. Any thread.
struct ChatStats {
  metrics::HotCounter messages;         ///< sends that made a message
  metrics::HotCounter duplicates;       ///< sends that had made one before
  metrics::HotCounter sends_refused;    ///< sends that were answered with an error
  std::atomic<std::int64_t> actors{0};  ///< live now
  // Commands refused since too many waited: in their conversation, and over all.
  std::atomic<std::uint64_t> refused_by_conversation{0};
  std::atomic<std::uint64_t> refused_by_node{0};
  std::atomic<std::uint64_t> profiles_untold{0};  ///< since too many were being told at once
};

}  // namespace parley::chat
