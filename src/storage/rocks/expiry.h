#pragma once

#include <chrono>
#include <memory>

#include <rocksdb/compaction_filter.h>

#include "base/clock.h"
#include "model/limits.h"

namespace parley::storage::rocks {

/// Rows that end by age. They are dropped when their files are compacted, some days after their
/// time; readers must not count on their being there, or gone.
enum class Expiring {
  kSends,        ///< kIdempotencyWindow after the send
  kLeftMembers,  ///< kLeftLifetime after they left
  kSessionUses,  ///< kSessionLifetime after the use: the session has ended
};

/// How long the row of a person who left stays: so long can a client be away and still learn of it.
inline constexpr std::chrono::hours kLeftLifetime{24 * 90};
/// Rows stay so much longer than they must, so that a clock that is a little off costs nothing.
inline constexpr std::chrono::hours kExpiryMargin{24};

std::shared_ptr<rocksdb::CompactionFilterFactory> MakeExpiry(Expiring rows, Clock& clock);

}  // namespace parley::storage::rocks
