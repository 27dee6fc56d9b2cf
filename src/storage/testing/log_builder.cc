#include "storage/testing/log_builder.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace parley::storage {

LogBuilder::LogBuilder(std::vector<UserId> founders, std::string title) {
  info_.id = NewId<ConversationId>();
  info_.title = std::move(title);
  info_.created_by = founders.front();
  info_.created_at = TimeOf(Seq(1));

  Entry& entry = Begin(founders.front());
  ConversationBody body;
  body.created = true;
  if (!info_.title.empty()) body.title = info_.title;
  for (const UserId& user : founders) {
    const Role role = user == founders.front() ? Role::kAdmin : Role::kMember;
    body.founders.push_back({.user = user, .role = role});
    Join(user, role, entry.seq);
  }
  entry.body = std::move(body);
  head_.last_message_at = entry.at;
  effects_.info = info_;
  End(entry);
}

TimePoint LogBuilder::TimeOf(Seq seq) {
  return FromMillis(1'800'000'000'000 + static_cast<std::int64_t>(seq.value()) * 1'000);
}

Entry& LogBuilder::Begin(UserId actor) {
  const Seq seq = head_.seq.Next();
  entry_ = {.conversation = info_.id,
            .seq = seq,
            .n = head_.n,
            .at = TimeOf(seq),
            .actor = actor,
            .body = {}};
  return entry_;
}

void LogBuilder::End(Entry& entry) {
  head_.seq = entry.seq;
  head_.n = entry.n;
  head_.changed_at = entry.at;
  entries_.push_back(std::make_shared<const Entry>(std::move(entry)));
}

void LogBuilder::Join(UserId user, Role role, Seq seq) {
  const Member member{.user = user,
                      .role = role,
                      .joined_at = TimeOf(seq),
                      .joined_seq = seq,
                      .first_seq = seq,
                      .first_n = head_.n};
  members_[user] = member;
  effects_.members.push_back({.user = user, .member = member, .seq = seq, .at = TimeOf(seq)});
}

LogBuilder& LogBuilder::Message(UserId sender, std::string text, std::vector<UserId> mentions) {
  return Message(sender, {.id = NewId<MessageId>(),
                          .client_id = NewId<ClientId>(),
                          .text = std::move(text),
                          .mentions = std::move(mentions),
                          .media = {},
                          .reply_to = {}});
}

LogBuilder& LogBuilder::Message(UserId sender, MessageBody body) {
  Entry& entry = Begin(sender);
  ++entry.n;
  last_sent_ = {.sender = sender,
                .client_id = body.client_id,
                .seq = entry.seq,
                .fingerprint = {static_cast<std::uint8_t>(entry.seq.value())},
                .at = entry.at};
  effects_.sent.push_back(last_sent_);
  for (const UserId& user : body.mentions) {
    effects_.mentions.push_back({.user = user, .seq = entry.seq});
  }
  entry.body = std::move(body);
  head_.last_message = entry.seq;
  head_.last_message_at = entry.at;
  head_.client_ids_until = entry.at;
  End(entry);
  return *this;
}

LogBuilder& LogBuilder::Title(std::string title) {
  Entry& entry = Begin(info_.created_by);
  info_.title = title;
  ConversationBody body;
  body.title = std::move(title);
  entry.body = std::move(body);
  effects_.info = info_;
  End(entry);
  return *this;
}

LogBuilder& LogBuilder::Add(UserId user) {
  Entry& entry = Begin(info_.created_by);
  entry.body = MembersBody{.added = {user}, .removed = {}, .roles = {}};
  Join(user, Role::kMember, entry.seq);
  End(entry);
  return *this;
}

LogBuilder& LogBuilder::Remove(UserId user) {
  Entry& entry = Begin(info_.created_by);
  entry.body = MembersBody{.added = {}, .removed = {user}, .roles = {}};
  members_.erase(user);
  effects_.members.push_back({.user = user, .member = {}, .seq = entry.seq, .at = entry.at});
  End(entry);
  return *this;
}

LogBuilder& LogBuilder::SetRole(UserId user, Role role) {
  Entry& entry = Begin(info_.created_by);
  entry.body = MembersBody{.added = {}, .removed = {}, .roles = {{.user = user, .role = role}}};
  Member& member = members_.at(user);
  member.role = role;
  effects_.members.push_back({.user = user, .member = member, .seq = entry.seq, .at = entry.at});
  End(entry);
  return *this;
}

std::shared_ptr<AppendRequest> LogBuilder::Take() {
  auto request = std::make_shared<AppendRequest>();
  request->conversation = info_.id;
  request->expected_head = taken_;
  request->entries.assign(entries_.begin() + static_cast<std::ptrdiff_t>(taken_.value()),
                          entries_.end());
  request->new_head = head_;
  request->effects = std::exchange(effects_, {});
  taken_ = head_.seq;
  return request;
}

EntryPtr LogBuilder::last_message() const {
  return head_.last_message == Seq() ? nullptr : entries_[head_.last_message.value() - 1];
}

std::vector<Member> LogBuilder::members() const {
  std::vector<Member> members;
  for (const auto& [user, member] : members_) members.push_back(member);
  std::ranges::sort(members, {},
                    [](const Member& member) { return std::tie(member.joined_seq, member.user); });
  return members;
}

}  // namespace parley::storage
