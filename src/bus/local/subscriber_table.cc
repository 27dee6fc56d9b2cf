#include "bus/local/subscriber_table.h"

#include <algorithm>
#include <cassert>

#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool SubscriberTable::Add(UserId user, Subscriber* subscriber) {
  auto& of_user = subscribers_[user];
  of_user.push_back(subscriber);
  return of_user.size() == 1;
}

bool SubscriberTable::Remove(UserId user, Subscriber* subscriber) {
  const auto it = subscribers_.find(user);
  assert(it != subscribers_.end());
  const auto place = std::find(it->second.begin(), it->second.end(), subscriber);
  assert(place != it->second.end());
  it->second.erase(place);
  if (!it->second.empty()) return false;
  subscribers_.erase(it);
  return true;
}

/// Answers how many there were.
template <typename Visit>
std::size_t SubscriberTable::ForEach(UserId user, Visit visit) {
  const auto it = subscribers_.find(user);
  if (it == subscribers_.end()) return 0;
  for (Subscriber* subscriber : it->second) visit(*subscriber);
  return it->second.size();
}

void SubscriberTable::Deliver(const EventPtr& event, const Recipients& recipients) {
  const auto found = audiences_.find(event->conversation);
  const bool behind_others = found != audiences_.end() && !found->second.waiting.empty();
  if (!behind_others && recipients->size() <= kLargeConversation) {
    for (const UserId& user : *recipients) {
      ForEach(user, [&](Subscriber& subscriber) { subscriber.OnEvent(event); });
    }
    return;
  }
  Audience& audience = found != audiences_.end() ? found->second : Make(event->conversation);
  audience.waiting.push_back({event, recipients});
  if (behind_others) return;
  runtime::Spawn(shard_, "tell a large audience", Tell(event->conversation));
}

/// Those that had nothing to hear for a while are forgotten first, now and then.
SubscriberTable::Audience& SubscriberTable::Make(ConversationId conversation) {
  const auto long_ago = steady_clock::now() - pace_;
  if (audiences_.size() >= forget_at_) {
    std::erase_if(audiences_, [&](const auto& each) {
      return each.second.waiting.empty() && each.second.round_begun < long_ago;
    });
    forget_at_ = std::max(kForgetAt, 2 * audiences_.size());
  }
  Audience& made = audiences_[conversation];
  made.round_begun = long_ago;
  return made;
}

runtime::Task<void> SubscriberTable::Tell(ConversationId conversation) {
  bool first = true;
  while (!audiences_.at(conversation).waiting.empty()) {
    const milliseconds pause = PauseBefore(audiences_.at(conversation));
    if (pause > milliseconds::zero()) {
      co_await runtime::Sleep(pause);
    } else if (!first) {
      co_await runtime::Yield();
    }
    first = false;
    TellPiece(audiences_.at(conversation));
  }
}

/// What is to pass before the next piece.
milliseconds SubscriberTable::PauseBefore(const Audience& audience) const {
  if (audience.together > 0) return audience.spread ? kTick : milliseconds::zero();
  const auto pace = PaceFor(audience.waiting.front().recipients->size());
  return ceil<milliseconds>(audience.round_begun + pace - steady_clock::now());
}

std::chrono::microseconds SubscriberTable::PaceFor(std::size_t recipients) const {
  return std::chrono::microseconds(pace_) * std::min(recipients, kPacedFor) / kPacedFor;
}

void SubscriberTable::TellPiece(Audience& audience) {
  std::vector<Waiting>& waiting = audience.waiting;
  const Recipients recipients = waiting.front().recipients;
  const std::size_t size = recipients->size();
  if (audience.next == 0) {
    const auto other = std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& each) {
      return each.recipients != recipients;
    });
    audience.together = static_cast<std::size_t>(other - waiting.begin());
    audience.spread = pace_ > milliseconds::zero() && audience.together * size > kAtOnce;
    audience.round_begun = steady_clock::now();
  }
  const std::size_t share = audience.spread ? std::max(size * kTick / pace_ + 1, kPiece) : size;
  const std::size_t end = std::min(size, audience.next + share);
  std::size_t told = 0;
  while (audience.next < end && (audience.spread || told < kPiece)) {
    told += ForEach((*recipients)[audience.next++], [&](Subscriber& subscriber) {
      for (std::size_t i = 0; i < audience.together; ++i) subscriber.OnEvent(waiting[i].event);
    });
  }
  if (audience.next < size) return;
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(audience.together));
  audience.together = 0;
  audience.next = 0;
}

}  // namespace parley::bus
