#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "bench/histogram.h"

namespace parley::bench {

/// What workers have found besides their counters, of one or of many together.
struct Findings {
  Histogram ack, delivery, lag, level;  ///< see Stats
  std::int64_t first_lost_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_level_ns = 0;
  std::int64_t busiest_cpu_ns = 0;     ///< of the thread that used most while it measured
  std::uint64_t unanswered = 0;        ///< messages
  std::uint64_t away = 0;              ///< people who are not connected and level
  std::uint64_t failed_processes = 0;  ///< of the generator, of which nothing is known
  std::string first_error;

  void Merge(const Findings& other);
  /// For MergeFrom() in another process of this program.
  std::string ToBytes() const;
  /// Adds what ToBytes() wrote. False: it is not that.
  bool MergeFrom(std::string_view bytes);
};

}  // namespace parley::bench
