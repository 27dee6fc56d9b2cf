#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "chat/stored_conversation.h"
#include "model/ids.h"

namespace parley::chat {

/// When the others are told again how far a conversation has come, where the bus may have lost the
/// last that they were told: soon after the last event, and once more later. Who was removed is
/// told that again by itself, since no event of the conversation reaches them any more. Pure.
/// (docs/architecture.md, "Many nodes")
class HeadBook {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// From the last event, so that even a loss of that one is noticed within 60 s.
  struct Intervals {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds last{30'000};
  };

  /// Departures that are remembered; beyond, the oldest is told no more.
  static constexpr std::size_t kMaxDepartures = 4'096;

  explicit HeadBook(Intervals intervals) : intervals_(intervals) {}

  /// The members were told something now.
  void Told(SteadyTime now) { members_ = Repeat{now}; }
  /// Somebody was told now that they are no longer a member.
  void Departed(const Departure& departure, SteadyTime now);
  /// They are a member again.
  void Returned(UserId user);

  /// When somebody is to be told again.
  std::optional<SteadyTime> NextDue() const;
  bool empty() const { return !members_ && departures_.empty(); }

  struct Due {
    bool members = false;
    std::vector<Departure> departures;
  };
  /// Who is to be told now.
  Due Take(SteadyTime now);
  /// Who would be told later, all at once; then the book is empty.
  Due TakeAll();

 private:
  struct Repeat {
    SteadyTime told;
    bool again = false;  ///< the first repeat is over
  };
  struct Gone {
    Departure departure;
    Repeat repeat;
  };

  SteadyTime DueOf(const Repeat& repeat) const {
    return repeat.told + (repeat.again ? intervals_.last : intervals_.first);
  }

  Intervals intervals_;
  std::optional<Repeat> members_;
  std::deque<Gone> departures_;
};

}  // namespace parley::chat
