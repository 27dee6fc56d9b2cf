#include "storage/cached/conversation_values.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace parley::storage::cached {
namespace {

std::vector<Member> MembersAfter(const std::vector<Member>& before,
                                 const std::vector<MemberEffect>& effects) {
  std::map<UserId, Member> members;
  for (const Member& member : before) members[member.user] = member;
  for (const MemberEffect& effect : effects) {
    if (effect.member) {
      members[effect.user] = *effect.member;
    } else {
      members.erase(effect.user);
    }
  }
  std::vector<Member> after;
  after.reserve(members.size());
  for (const auto& [user, member] : members) after.push_back(member);
  std::ranges::sort(after, {},
                    [](const Member& member) { return std::tie(member.joined_seq, member.user); });
  return after;
}

EntryPtr LastMessageAfter(const EntryPtr& before, const AppendRequest& commit) {
  const Seq seq = commit.new_head.last_message;
  if (seq <= commit.expected_head) return before;
  return commit.entries[seq.value() - commit.expected_head.value() - 1];
}

/// Where the conversation is, or would be.
auto PlaceIn(auto& memberships, ConversationId conversation) {
  return std::ranges::lower_bound(memberships, conversation, {}, &Membership::conversation);
}

}  // namespace

// -- Snapshots ------------------------------------------------------------------------------------

std::size_t SnapshotTraits::Bytes(const SnapshotPtr& snapshot) {
  std::size_t bytes = sizeof(ConversationSnapshot) + snapshot->info.title.size();
  if (snapshot->members) bytes += snapshot->members->size() * sizeof(Member);
  if (snapshot->last_message) bytes += ByteSize(*snapshot->last_message);
  return bytes;
}

SnapshotPtr SnapshotAfter(const SnapshotPtr& before, const AppendRequest& commit) {
  const Seq known = before ? before->head.seq : Seq();
  if (known >= commit.new_head.seq) return before;
  if (known != commit.expected_head) return nullptr;
  if (!before && !commit.effects.info) return nullptr;

  auto after = before ? std::make_shared<ConversationSnapshot>(*before)
                      : std::make_shared<ConversationSnapshot>();
  after->head = commit.new_head;
  after->last_message = LastMessageAfter(after->last_message, commit);
  if (commit.effects.info) after->info = *commit.effects.info;
  if (!before || !commit.effects.members.empty()) {
    const std::vector<Member> none;
    after->members = std::make_shared<const std::vector<Member>>(
        MembersAfter(before ? *before->members : none, commit.effects.members));
  }
  return after;
}

// -- Memberships ----------------------------------------------------------------------------------

const Membership* FindIn(const Memberships& memberships, ConversationId conversation) {
  const auto at = PlaceIn(memberships, conversation);
  return at != memberships.end() && at->conversation == conversation ? &*at : nullptr;
}

Memberships MembershipTraits::Keep(const Loaded& loaded) {
  Memberships memberships = *loaded;
  std::ranges::sort(memberships, {}, &Membership::conversation);
  return memberships;
}

void Apply(const MemberEffect& effect, ConversationId conversation, Memberships& memberships) {
  auto row = PlaceIn(memberships, conversation);
  const bool known = row != memberships.end() && row->conversation == conversation;
  if (!effect.member) {
    if (known) memberships.erase(row);
    return;
  }
  if (!known) row = memberships.insert(row, Membership());
  if (!known || row->member.joined_seq != effect.member->joined_seq) {
    *row = {.conversation = conversation, .member = {}, .position = {}, .changed_at = {}};
  }
  row->member = *effect.member;
  row->changed_at = std::max(row->changed_at, effect.at);
}

void Apply(const PositionRow& position, Memberships& memberships) {
  const auto row = PlaceIn(memberships, position.conversation);
  if (row == memberships.end() || row->conversation != position.conversation) return;
  if (row->member.joined_seq != position.joined_seq) return;
  if (row->position.MergeFrom(position.position)) {
    row->changed_at = std::max(row->changed_at, position.at);
  }
}

// -- Recent entries -------------------------------------------------------------------------------

std::size_t ByteSize(const Entry& entry) {
  std::size_t bytes = sizeof(Entry) + sizeof(EntryPtr);
  if (entry.is_message()) {
    const MessageBody& message = entry.message();
    bytes +=
        message.text.size() + sizeof(UserId) * (message.mentions.size() + message.media.size());
  }
  return bytes;
}

std::size_t BytesOf(std::span<const EntryPtr> entries) {
  std::size_t bytes = 0;
  for (const EntryPtr& entry : entries) bytes += ByteSize(*entry);
  return bytes;
}

bool AppendWithin(std::size_t limit, std::size_t max_bytes, std::span<const EntryPtr> from,
                  std::vector<EntryPtr>* to) {
  std::size_t bytes = BytesOf(*to);
  to->reserve(std::min(limit, to->size() + from.size()));
  for (const EntryPtr& entry : from) {
    bytes += ByteSize(*entry);
    if (to->size() >= limit || (!to->empty() && bytes > max_bytes)) return false;
    to->push_back(entry);
  }
  return true;
}

void EntryRing::Push(EntryPtr entry) {
  bytes_ += ByteSize(*entry);
  entries_.push_back(std::move(entry));
  while (entries_.size() > kEntries || (bytes_ > kBytes && entries_.size() > 1)) {
    bytes_ -= ByteSize(*entries_.front());
    entries_.pop_front();
    cut_ = true;
  }
}

std::optional<std::vector<EntryPtr>> EntryRing::Slice(Seq after, std::size_t limit,
                                                      std::size_t max_bytes) const {
  if (entries_.empty() || after.Next() < entries_.front()->seq || after >= last()) {
    return std::nullopt;
  }
  std::vector<EntryPtr> slice;
  std::size_t bytes = 0;
  for (std::size_t i = PlaceOf(after.Next()); i < entries_.size() && slice.size() < limit; ++i) {
    bytes += ByteSize(*entries_[i]);
    if (!slice.empty() && bytes > max_bytes) break;
    slice.push_back(entries_[i]);
  }
  return slice;
}

std::optional<std::vector<EntryPtr>> EntryRing::Messages(MessageSlice slice) const {
  if (entries_.empty() || slice.anchor > last().Next()) return std::nullopt;
  const Seq first = entries_.front()->seq;
  if (slice.direction == MessageSlice::Direction::kAfter) {
    if (slice.anchor.Next() < first) return std::nullopt;
    return MessagesFrom(PlaceOf(slice.anchor.Next()), slice.limit);
  }
  if (slice.anchor < first) return std::nullopt;
  std::vector<EntryPtr> messages = MessagesBefore(PlaceOf(slice.anchor), slice.limit);
  if (messages.size() < slice.limit && first > Seq(1)) return std::nullopt;
  return messages;
}

std::vector<EntryPtr> EntryRing::MessagesBefore(std::size_t end, std::size_t limit) const {
  std::vector<EntryPtr> messages;
  messages.reserve(std::min(limit, end));
  while (end > 0 && messages.size() < limit) {
    const EntryPtr& entry = entries_[--end];
    if (entry->is_message()) messages.push_back(entry);
  }
  std::ranges::reverse(messages);
  return messages;
}

std::vector<EntryPtr> EntryRing::MessagesFrom(std::size_t begin, std::size_t limit) const {
  std::vector<EntryPtr> messages;
  for (; begin < entries_.size() && messages.size() < limit; ++begin) {
    const EntryPtr& entry = entries_[begin];
    if (entry->is_message()) messages.push_back(entry);
  }
  return messages;
}

std::shared_ptr<const EntryRing> RingOfNewest(std::span<const EntryPtr> messages, Seq head) {
  if (messages.empty() || messages.back()->seq != head) return nullptr;
  std::size_t first = messages.size() - 1;
  while (first > 0 && messages[first - 1]->seq.Next() == messages[first]->seq) --first;
  auto ring = std::make_shared<EntryRing>();
  for (const EntryPtr& message : messages.subspan(first)) ring->Push(message);
  return ring;
}

std::optional<EntryRing> RingWith(EntryRing* before, const std::vector<EntryPtr>& entries,
                                  Reach reach) {
  EntryRing ring;
  if (before != nullptr) ring = std::move(*before);
  const Seq first = entries.empty() ? Seq() : entries.front()->seq;
  if (ring.empty() || first > ring.last().Next()) {
    // Entries with a hole before them are a ring of their own, if they are the newer ones.
    if (reach == Reach::kSomewhere || entries.empty()) {
      return ring.empty() ? std::nullopt : std::optional(std::move(ring));
    }
    ring = EntryRing();
  }
  for (const EntryPtr& entry : entries) {
    if (ring.empty() || entry->seq == ring.last().Next()) ring.Push(entry);
  }
  return ring;
}

std::optional<EntryRing> RingAfter(EntryRing* before, const AppendRequest& commit) {
  EntryRing ring;
  if (before != nullptr) {
    if (before->last() >= commit.new_head.seq) return std::move(*before);
    ring = std::move(*before);
  }
  if (ring.last() != commit.expected_head) return std::nullopt;
  for (const EntryPtr& entry : commit.entries) ring.Push(entry);
  return ring;
}

}  // namespace parley::storage::cached
