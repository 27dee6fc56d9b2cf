#include "bus/local/subscriber_table.h"

#include <algorithm>
#include <cassert>

namespace parley::bus {

void SubscriberTable::Add(UserId user, Subscriber* subscriber) {
  subscribers_[user].push_back(subscriber);
}

void SubscriberTable::Remove(UserId user, Subscriber* subscriber) {
  const auto it = subscribers_.find(user);
  assert(it != subscribers_.end());
  const auto place = std::find(it->second.begin(), it->second.end(), subscriber);
  assert(place != it->second.end());
  it->second.erase(place);
  if (it->second.empty()) subscribers_.erase(it);
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
  if (!behind_others && recipients->size() <= kPiece) {
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
  TellPiece(progress);
  if (progress.waiting.empty()) {
    in_progress_.erase(conversation);
    return;
  }
  shard_.Post([this, conversation] { Advance(conversation); });
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
  std::size_t told = 0;
  while (told < kPiece && progress.next < recipients->size()) {
    told += ForEach((*recipients)[progress.next++], [&](Subscriber& subscriber) {
      for (std::size_t i = 0; i < progress.together; ++i) subscriber.OnEvent(waiting[i].event);
    });
  }
  if (progress.next < recipients->size()) return;
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(progress.together));
  progress.together = 0;
  progress.next = 0;
}

}  // namespace parley::bus
