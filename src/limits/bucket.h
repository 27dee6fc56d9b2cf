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

  struct Loan {
    nanoseconds taken{0};  ///< one token; less where the debt reached its bound
    nanoseconds wait{0};   ///< until the debt is paid, at most the bound; zero if there was a token
  };
  /// Takes one token whether or not there is one, down to `debt` below none.
  Loan Borrow(const Pace& pace, nanoseconds debt, SteadyTime now);

  /// Gives back what was taken: the interval of the pace for a token, or that of a loan.
  void Give(nanoseconds taken) { full_at_ -= taken; }

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
