#include "client/cli/chat/conversation.h"

#include <algorithm>

#include "client/cli/text.h"

namespace parley::client::cli::chat {
namespace {

/// More of a message is never seen in the list.
constexpr std::size_t kPreviewBytes = 400;

/// As many as a conversation object names.
constexpr std::size_t kMembersHeld = 20;

/// The first line that says something.
std::string FirstLine(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \n"), text.size());
  text.remove_prefix(begin);
  text = text.substr(0, text.find('\n'));
  if (text.size() <= kPreviewBytes) return std::string(text);
  std::size_t end = kPreviewBytes;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
}

}  // namespace

void Talk::Adopt(const Conversation& object) {
  kind = object.kind;
  name = NameOfConversation(object, self_);
  if (direct() && name.starts_with('@')) name.erase(0, 1);
  member_count = object.member_count;
  members.clear();
  for (const Member& member : object.members) {
    if (member.user.id != self_) members.push_back(member.user.id);
  }
  read_seq = std::max(read_seq, object.read_seq);
  if (object.last_seq >= head) unread = object.unread_count;
  head = std::max(head, object.last_seq);
  if (read_seq >= head) unread = 0;
  active_at = std::max(active_at, object.created_at);
  if (object.last_message) ShowLast(*object.last_message);
}

void Talk::Apply(const Change& change, const Names& names) {
  head = std::max(head, change.seq);
  if (change.message) {
    ShowLast(*change.message);
    typing_.erase(change.actor_id);
    if (change.actor_id == self_) {
      MarkRead(change.seq);  // sending moves it
    } else if (change.seq > read_seq) {
      ++unread;
    }
  }
  if (change.kind == "members") ChangeMembers(change);
  if (change.kind == "conversation" && change.title && !change.title->empty()) {
    name = ForTerminalLine(*change.title);
  }
  const auto keep = scroll.at_end ? Timeline::Keep::kNewest : Timeline::Keep::kOldest;
  timeline.OnChange(change, SystemLine(change, names), keep);
}

void Talk::ChangeMembers(const Change& change) {
  member_count += change.added.size();
  member_count -= std::min<std::uint64_t>(member_count, change.removed.size());
  for (const UserId user : change.removed) {
    std::erase(members, user);
    positions_.erase(user);
  }
  for (const UserId user : change.added) {
    if (user != self_ && members.size() < kMembersHeld) members.push_back(user);
  }
}

void Talk::ShowLast(const Message& message) {
  if (message.sent_at < active_at && !last_sender.IsNil()) return;
  active_at = std::max(active_at, message.sent_at);
  last_sender = message.sender_id;
  last_text = FirstLine(EntryOf(message).text);
}

void Talk::MarkRead(Seq seq) {
  if (seq <= read_seq) return;
  const std::uint64_t seen = timeline.CountOfOthers(self_, read_seq, seq);
  read_seq = seq;
  unread = seq >= head ? 0 : unread - std::min(unread, seen);
}

void Talk::OnReceipt(const Receipt& receipt) {
  Position& position = positions_[receipt.user_id];
  position.delivered = std::max({position.delivered, receipt.delivered_seq, receipt.read_seq});
  position.read = std::max(position.read, receipt.read_seq);
}

void Talk::OnMembers(const std::vector<Member>& list) {
  std::unordered_map<UserId, Position> old;
  old.swap(positions_);
  for (const Member& member : list) {
    if (member.user.id == self_) continue;
    positions_[member.user.id] = old[member.user.id];
    OnReceipt({id, member.user.id, member.delivered_seq, member.read_seq});
  }
}

Reach Talk::ReachOf(Seq seq) const {
  Reach reach;
  std::size_t reached = 0;
  for (const auto& [user, position] : positions_) {
    if (position.delivered >= seq) ++reached;
    if (position.read >= seq) ++reach.readers;
  }
  const std::size_t others = positions_.size();
  if (others == 0) return reach;
  if (reached == others) reach.state = Reach::State::kDelivered;
  if (reach.readers == others) reach.state = Reach::State::kRead;
  return reach;
}

Seq Talk::ReadBy(UserId user) const {
  const auto found = positions_.find(user);
  return found == positions_.end() ? Seq() : found->second.read;
}

void Talk::OnTyping(UserId user, bool active, TimePoint now) {
  if (active && user != self_) {
    typing_[user] = now + kTypingLasts;
  } else {
    typing_.erase(user);
  }
}

bool Talk::ExpireTyping(TimePoint now) {
  return std::erase_if(typing_, [now](const auto& each) { return each.second <= now; }) > 0;
}

std::vector<UserId> Talk::Typists() const {
  std::vector<UserId> users;
  users.reserve(typing_.size());
  for (const auto& [user, until] : typing_) users.push_back(user);
  return users;
}

std::optional<TimePoint> Talk::NextTypingEnd() const {
  std::optional<TimePoint> next;
  for (const auto& [user, until] : typing_) next = std::min(next.value_or(until), until);
  return next;
}

}  // namespace parley::client::cli::chat
