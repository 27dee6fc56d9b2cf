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
template <typename Tell>
std::size_t SubscriberTable::ForEach(UserId user, Tell tell) {
  const auto it = subscribers_.find(user);
  if (it == subscribers_.end()) return 0;
  for (Subscriber* subscriber : it->second) tell(*subscriber);
  return it->second.size();
}

void SubscriberTable::Deliver(const EventPtr& event, const Recipients& recipients) {
  const bool behind_others = !in_progress_.empty() && in_progress_.contains(event->conversation);
  if (!behind_others && recipients->size() <= kLarge) {
    for (const UserId& user : *recipients) {
      ForEach(user, [&](Subscriber& subscriber) { subscriber.OnEvent(event); });
    }
    return;
  }
  in_progress_[event->conversation].waiting.push_back({event, recipients});
  if (!behind_others) Advance(event->conversation);
}

void SubscriberTable::Advance(ConversationId conversation) {
  Progress& progress = in_progress_.at(conversation);
  if (progress.together == 0) progress.round_begun = steady_clock::now();
  TellPiece(progress);
  if (progress.together == 0) {
    Rest(conversation, progress);
  } else if (progress.busy) {
    runtime::Spawn(shard_, "tell a large audience", AdvanceAfter(conversation, kTick));
  } else {
    shard_.Post([this, conversation] { Advance(conversation); });
  }
}

void SubscriberTable::Rest(ConversationId conversation, Progress& progress) {
  const auto rest = ceil<milliseconds>(progress.round_begun + pace_ - steady_clock::now());
  if (rest > milliseconds::zero()) {
    runtime::Spawn(shard_, "tell a large audience", AdvanceAfter(conversation, rest));
  } else if (progress.waiting.empty()) {
    in_progress_.erase(conversation);
  } else {
    shard_.Post([this, conversation] { Advance(conversation); });
  }
}

runtime::Task<void> SubscriberTable::AdvanceAfter(ConversationId conversation, milliseconds rest) {
  co_await runtime::Sleep(rest);
  EndRest(conversation);
}

void SubscriberTable::EndRest(ConversationId conversation) {
  const auto found = in_progress_.find(conversation);
  if (found->second.waiting.empty()) {
    in_progress_.erase(found);
  } else {
    found->second.busy = true;
    Advance(conversation);
  }
}

void SubscriberTable::TellPiece(Progress& progress) {
  std::vector<Waiting>& waiting = progress.waiting;
  const Recipients recipients = waiting.front().recipients;
  if (progress.next == 0) {
    const auto other = std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& each) {
      return each.recipients != recipients;
    });
    progress.together = static_cast<std::size_t>(other - waiting.begin());
  }
  const std::size_t size = recipients->size();
  const std::size_t share = progress.busy ? std::max(size * kTick / pace_ + 1, kPiece) : size;
  const std::size_t end = std::min(size, progress.next + share);
  std::size_t told = 0;
  while (progress.next < end && (progress.busy || told < kPiece)) {
    told += ForEach((*recipients)[progress.next++], [&](Subscriber& subscriber) {
      for (std::size_t i = 0; i < progress.together; ++i) subscriber.OnEvent(waiting[i].event);
    });
  }
  if (progress.next < size) return;
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(progress.together));
  progress.together = 0;
  progress.next = 0;
}

}  // namespace parley::bus
