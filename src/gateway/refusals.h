#pragma once

#include <chrono>
#include <cstddef>

#include "limits/bucket.h"

namespace parley::gateway {

/// How often a session was told that it is too fast and went on regardless. One thread.
class Refusals {
 public:
  /// A session that is refused this often within kWindow is closed with 4008.
  static constexpr std::size_t kMax = 100;
  static constexpr std::chrono::seconds kWindow{10};

  /// Counts one; false when it was one too many.
  bool Count(limits::SteadyTime now);

 private:
  limits::SteadyTime begin_;  // of the window
  std::size_t count_ = 0;     // within the window
};

}  // namespace parley::gateway
