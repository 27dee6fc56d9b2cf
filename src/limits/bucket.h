#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "limits/rate.h"

namespace parley::limits {

using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::nanoseconds;

/// A rate as the bucket reckons with it.
struct Pace {
  nanoseconds interval{1};  ///< in which one token comes back
  nanoseconds depth{1};     ///< in which an empty bucket is full again: burst * interval
};

Pace PaceOf(const Rate& rate);

/// A token bucket in one number: the time at which it is full again (GCRA, the generic cell rate
/// algorithm of ITU-T I.371, in its virtual scheduling form). A new one is full. The time must not
/// step back. One thread at a time.
class Bucket {
 public:
  /// Takes `cost` tokens and answers zero; or takes nothing and answers how long to wait for them.
  /// What costs more than the bucket holds is taken from a full one.
  nanoseconds Take(const Pace& pace, std::size_t cost, SteadyTime now);

  /// Takes one token whether or not there is one, down to `debt` below none. Answers how long to
  /// wait until the debt is paid, at most `debt`; zero if there was a token.
  nanoseconds Borrow(const Pace& pace, nanoseconds debt, SteadyTime now);

  /// Gives one token back.
  void Give(const Pace& pace) { full_at_ -= pace.interval; }

  void FillAt(SteadyTime time) { full_at_ = time; }
  bool IsFull(SteadyTime now) const { return full_at_ <= now; }
  SteadyTime full_at() const { return full_at_; }

 private:
  /// The time of filling, but never further away than a bucket of this pace can be: the pace may
  /// have changed.
  SteadyTime Start(nanoseconds most, SteadyTime now) const;

  SteadyTime full_at_;
};

}  // namespace parley::limits
