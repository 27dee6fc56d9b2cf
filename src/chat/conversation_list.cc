#include "chat/conversation_list.h"

#include <algorithm>
#include <utility>

namespace parley::chat {

ConversationList::ConversationList(UserId person, std::vector<Membership> memberships,
                                   std::vector<storage::SnapshotPtr> snapshots,
                                   std::optional<ListPosition> after)
    : memberships_(std::move(memberships)), snapshots_(std::move(snapshots)) {
  heap_.reserve(snapshots_.size());
  auto own = memberships_.begin();
  for (const storage::SnapshotPtr& snapshot : snapshots_) {
    while (own->conversation != snapshot->info.id) ++own;
    const std::int64_t at = ToMillis(snapshot->head.last_message_at);
    if (after && (at > after->number || (at == after->number && PlaceOf(*snapshot) >= *after))) {
      continue;
    }
    if (IsListed(*snapshot, person)) heap_.push_back({at, &snapshot, &*own});
  }
  std::ranges::make_heap(heap_, IsLower);
}

bool ConversationList::AtEnd() {
  // Looked at only where it would be shown: it takes a search through the members.
  while (!heap_.empty() && !IsStillIn(**heap_.front().snapshot, heap_.front().own->member)) Pop();
  return heap_.empty();
}

OwnConversation ConversationList::Next() {
  OwnConversation next{*heap_.front().snapshot, *heap_.front().own};
  Pop();
  return next;
}

ListPosition ConversationList::PlaceOf(const ConversationSnapshot& snapshot) {
  const Uuid& id =
      snapshot.last_message ? snapshot.last_message->message().id.uuid() : snapshot.info.id.uuid();
  return {ToMillis(snapshot.head.last_message_at), id};
}

bool ConversationList::IsLower(const Candidate& one, const Candidate& other) {
  if (one.last_message_ms != other.last_message_ms) {
    return one.last_message_ms < other.last_message_ms;
  }
  return PlaceOf(**one.snapshot) < PlaceOf(**other.snapshot);
}

void ConversationList::Pop() {
  std::ranges::pop_heap(heap_, IsLower);
  heap_.pop_back();
}

}  // namespace parley::chat
