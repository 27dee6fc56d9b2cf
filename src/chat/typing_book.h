#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "model/ids.h"

namespace parley::chat {

/// Who is typing in one conversation: merges a person's devices into one, and says what the others
/// are to be told. Pure: told the time, does no I/O.
class TypingBook {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// Typing that is not repeated ends by itself, as clients forget it too (api.md).
  static constexpr std::chrono::milliseconds kLasts{6'000};
  /// Repeats are passed on at most so often: whoever types on is told of every 5 s at the latest,
  /// before clients forget.
  static constexpr std::chrono::milliseconds kTellInterval{2'500};
  /// Devices of one person that are told apart; the one that was silent for longest makes room.
  static constexpr std::size_t kMaxDevices = 8;

  explicit TypingBook(std::chrono::milliseconds lasts = kLasts) : lasts_(lasts) {}

  /// The person types on that device. True if the others are to be told.
  bool Active(UserId user, std::uint64_t device, SteadyTime now);
  /// They do not any more. True if they type on no other device, and the others are to be told.
  bool Inactive(UserId user, std::uint64_t device);
  /// They type on no device any more. True if the others are to be told.
  bool End(UserId user);

  /// When the next one ends by itself, if any.
  std::optional<SteadyTime> NextDue() const;
  /// Ends those that are due; answers of whom the others are to be told.
  std::vector<UserId> TakeEnded(SteadyTime now);

  bool empty() const { return people_.empty(); }

 private:
  struct Device {
    std::uint64_t id = 0;
    SteadyTime ends;
  };
  struct Person {
    std::vector<Device> devices;
    SteadyTime last_told{};
  };

  const std::chrono::milliseconds lasts_;
  boost::unordered_flat_map<UserId, Person, std::hash<UserId>> people_;
};

}  // namespace parley::chat
