#include "chat/head_book.h"

#include <algorithm>
#include <utility>

namespace parley::chat {

void HeadBook::Departed(const Departure& departure, SteadyTime now) {
  Returned(departure.user);
  if (departures_.size() == kMaxDepartures) departures_.pop_front();
  departures_.push_back({departure, {now}});
}

void HeadBook::Returned(UserId user) {
  std::erase_if(departures_, [&](const Gone& gone) { return gone.departure.user == user; });
}

std::optional<HeadBook::SteadyTime> HeadBook::NextDue() const {
  std::optional<SteadyTime> next;
  if (members_) next = DueOf(*members_);
  for (const Gone& gone : departures_) {
    const SteadyTime due = DueOf(gone.repeat);
    if (!next || due < *next) next = due;
  }
  return next;
}

HeadBook::Due HeadBook::Take(SteadyTime now) {
  Due due;
  if (members_ && DueOf(*members_) <= now) {
    due.members = true;
    if (members_->again) {
      members_.reset();
    } else {
      members_->again = true;
    }
  }
  std::erase_if(departures_, [&](Gone& gone) {
    if (DueOf(gone.repeat) > now) return false;
    due.departures.push_back(gone.departure);
    return std::exchange(gone.repeat.again, true);
  });
  return due;
}

HeadBook::Due HeadBook::TakeAll() {
  Due due;
  due.members = members_.has_value();
  members_.reset();
  due.departures.reserve(departures_.size());
  for (const Gone& gone : std::exchange(departures_, {})) {
    due.departures.push_back(gone.departure);
  }
  return due;
}

}  // namespace parley::chat
