#pragma once

#include <atomic>

#include "base/time.h"

namespace parley {

/// Where the program reads the time of day. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() = 0;
};

class SystemClock : public Clock {
 public:
  TimePoint Now() override;
};

/// A clock that never steps back, whatever the one beneath it does: it stands still until that one
/// has caught up. `floor` carries the last time known from before a restart.
class MonotonicClock : public Clock {
 public:
  MonotonicClock(Clock& source, TimePoint floor) : source_(source), last_(ToMillis(floor)) {}
  TimePoint Now() override;

 private:
  Clock& source_;
  std::atomic<std::int64_t> last_;
};

/// A clock that moves only when told to, for tests.
class FakeClock : public Clock {
 public:
  explicit FakeClock(TimePoint start = FromMillis(1'800'000'000'000)) : now_(ToMillis(start)) {}
  TimePoint Now() override { return FromMillis(now_.load()); }
  void Advance(std::chrono::milliseconds by) { now_ += by.count(); }
  void Set(TimePoint now) { now_ = ToMillis(now); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace parley
