#include "chat/head_book.h"

#include <algorithm>
#include <utility>

namespace parley::chat {

void HeadBook::Changed(const MemberChanges& changes, SteadyTime now) {
  for (const Departure& departure : changes.departed) Remember(departure.user, departure.seq, now);
  for (const UserId& user : changes.arrived) Remember(user, std::nullopt, now);
}

void HeadBook::Forget(const std::vector<UserId>& users) {
  for (const UserId& user : users) Forget(user);
}

void HeadBook::Forget(UserId user) {
  std::erase_if(named_, [&](const Named& named) { return named.user == user; });
}

void HeadBook::Remember(UserId user, std::optional<Seq> left, SteadyTime now) {
  Forget(user);
  if (named_.size() == kMaxNamed) named_.pop_front();
  named_.push_back({user, left, {now}});
}

void HeadBook::AddTo(MemberChanges& changes, const Named& named) {
  if (named.left) {
    changes.departed.push_back({named.user, *named.left});
  } else {
    changes.arrived.push_back(named.user);
  }
}

HeadBook::SteadyTime HeadBook::DueOf(const Repeat& repeat) const {
  const SteadyTime due = repeat.told + (repeat.again ? intervals_.last : intervals_.first);
  const auto past_beat = due.time_since_epoch() % intervals_.beat;
  return past_beat.count() == 0 ? due : due + (intervals_.beat - past_beat);
}

std::optional<HeadBook::SteadyTime> HeadBook::NextDue() const {
  std::optional<SteadyTime> next;
  if (members_) next = DueOf(*members_);
  for (const Named& named : named_) {
    const SteadyTime due = DueOf(named.repeat);
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
  std::erase_if(named_, [&](Named& named) {
    if (DueOf(named.repeat) > now) return false;
    AddTo(due.changes, named);
    return std::exchange(named.repeat.again, true);
  });
  return due;
}

HeadBook::Due HeadBook::TakeAll() {
  Due due;
  due.members = members_.has_value();
  members_.reset();
  for (const Named& named : std::exchange(named_, {})) AddTo(due.changes, named);
  return due;
}

}  // namespace parley::chat
