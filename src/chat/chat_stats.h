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
};

}  // namespace parley::chat
