#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "chat/member_changes.h"
#include "model/ids.h"

namespace parley::chat {

/// When the others are told again how far a conversation has come, where the bus may have lost the
/// last that they were told: soon after the last event, and once more later. Who came and who went
/// is told that again by itself: the events of the conversation do not reach them yet, or any more.
/// Pure.
/// (docs/architecture.md, "Many nodes")
class HeadBook {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// From the last event, so that even a loss of that one is noticed within 60 s.
  struct Intervals {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds last{30'000};
    /// All that is due is told at multiples of this: what is due in many conversations wakes those
    /// who send it, carry it and take it together, and not one after the other.
    std::chrono::milliseconds beat{250};
  };

  /// Of who came and who went, so many are remembered; beyond, the oldest is told no more.
  static constexpr std::size_t kMaxNamed = 4'096;

  explicit HeadBook(Intervals intervals) : intervals_(intervals) {}

  /// The members were told something now.
  void Told(SteadyTime now) { members_ = Repeat{now}; }
  /// These were told now that they are no longer members, or that they are.
  void Changed(const MemberChanges& changes, SteadyTime now);
  /// These came as well, and whatever is told to the members reaches them.
  void Forget(const std::vector<UserId>& users);

  /// When somebody is to be told again.
  std::optional<SteadyTime> NextDue() const;
  bool empty() const { return !members_ && named_.empty(); }

  struct Due {
    bool members = false;
    MemberChanges changes;
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
  struct Named {
    UserId user;
    std::optional<Seq> left;  ///< by which entry; none: they came
    Repeat repeat;
  };

  void Forget(UserId user);
  void Remember(UserId user, std::optional<Seq> left, SteadyTime now);
  static void AddTo(MemberChanges& changes, const Named& named);

  SteadyTime DueOf(const Repeat& repeat) const;

  Intervals intervals_;
  std::optional<Repeat> members_;
  std::deque<Named> named_;
};

}  // namespace parley::chat
