#pragma once

#include <chrono>

#include "base/random.h"

namespace parley::client {

/// How long to wait before the next attempt to connect: twice as long each time, spread at random
/// so that many clients do not come at once. One thread.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::milliseconds kMax{10'000};
  /// The spread of those that a restarting server sent away.
  static constexpr std::chrono::milliseconds kSoon{200};

  explicit Backoff(Random& random) : random_(random) {}

  /// Between half and one and a half of 100 ms, 200 ms, 400 ms, …; never over kMax.
  std::chrono::milliseconds Next();
  /// Between nothing and kSoon; the next failure starts from kFirst.
  std::chrono::milliseconds Soon();
  /// After success.
  void Reset() { base_ = kFirst; }

 private:
  /// From 0 to `limit`, both included.
  std::chrono::milliseconds UpTo(std::chrono::milliseconds limit);

  Random& random_;
  std::chrono::milliseconds base_ = kFirst;
};

/// Tells a silent connection from a dead one. The server pings every `heartbeat`; one that was
/// heard nothing of for longer is asked, and given up when it does not answer. One thread.
class Liveness {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Verdict { kFine, kAsk, kDead };

  Liveness(std::chrono::milliseconds heartbeat, Clock::time_point now)
      : heartbeat_(heartbeat), heard_(now) {}

  void OnHeard(Clock::time_point now) {
    heard_ = now;
    asked_ = false;
  }
  /// To be called every CheckEvery(). kAsk: send a ping; kDead: nothing came since.
  Verdict Check(Clock::time_point now);
  std::chrono::milliseconds CheckEvery() const { return heartbeat_ / 2; }

 private:
  std::chrono::milliseconds heartbeat_;
  Clock::time_point heard_;
  bool asked_ = false;
};

}  // namespace parley::client
