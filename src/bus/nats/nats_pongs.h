#pragma once

#include <chrono>
#include <deque>

#include "base/function.h"
#include "base/status.h"
#include "runtime/shard.h"
#include "runtime/timer.h"

namespace parley::bus {

/// The answers to pings that a connection still owes, in order. Who waits for one is told when it
/// comes, or that it did not in time. Belongs to a shard.
class NatsPongs {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Done = UniqueFunction<void(Status)>;

  explicit NatsPongs(runtime::Shard& shard) : timer_(shard) {}

  /// A ping was put in.
  void Await(std::chrono::milliseconds timeout, Done done);
  /// The same; nobody waits for its answer.
  void Await();
  /// The next one came.
  void Take();
  /// When the ping that waits longest was put in; far ahead where none waits.
  Time oldest() const { return owed_.empty() ? Time::max() : owed_.front().since; }
  /// None will come any more.
  void EndAll(const Status& status);

 private:
  struct Owed {
    Time since;
    Time deadline;
    Done done;  ///< null: nobody waits any more
  };

  void Watch();

  std::deque<Owed> owed_;
  bool watching_ = false;
  runtime::Timer timer_;
};

}  // namespace parley::bus
