#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "model/views.h"

// The people and things of api/golden.
namespace parley::wire::samples {

/// "00000000-0000-7000-8000-0000000000NN" with the two digits given.
template <class IdType>
IdType MakeId(std::string_view two_digits) {
  return IdType::Parse(std::string("00000000-0000-7000-8000-0000000000").append(two_digits))
      .value_or(IdType());
}

inline const auto kAnn = MakeId<UserId>("a1");
inline const auto kBo = MakeId<UserId>("b0");
inline const auto kGroup = MakeId<ConversationId>("c1");
inline const auto kMessage = MakeId<MessageId>("e1");
inline const auto kClient = MakeId<ClientId>("f1");
inline const auto kSession = MakeId<SessionId>("51");
inline const TimePoint kTime = FromMillis(1'700'000'000'000);

inline User Ann() {
  User user;
  user.id = kAnn;
  user.username = "ann";
  user.display_name = "Ann \"the first\"";
  user.email = "ann@example.org";
  user.admin = true;
  user.created_at = kTime;
  user.last_active_at = FromMillis(1'700'000'000'500);
  return user;
}

inline User Bo() {
  User user;
  user.id = kBo;
  user.username = "bo";
  user.display_name = "Bø";
  user.created_at = kTime;
  return user;
}

inline Session Phone() {
  Session session;
  session.id = kSession;
  session.user = kAnn;
  session.device_name = "Phone";
  session.created_at = kTime;
  session.last_used_at = FromMillis(1'700'000'060'000);
  return session;
}

inline Entry MakeEntry(Seq seq, decltype(Entry::body) body) {
  Entry entry;
  entry.conversation = kGroup;
  entry.seq = seq;
  entry.at = FromMillis(ToMillis(kTime) + static_cast<std::int64_t>(seq.value()));
  entry.actor = kAnn;
  entry.body = std::move(body);
  return entry;
}

inline MessageBody Hello() {
  MessageBody body;
  body.id = kMessage;
  body.client_id = kClient;
  body.text = "Hello, @bo!\n\t\"quoted\" \\ \x01 é 👍";
  body.mentions = {kBo};
  return body;
}

/// Seq 5; answers seq 2.
inline Entry Message() { return MakeEntry(Seq(5), Hello()); }
inline Entry Reply() {
  MessageBody body = Hello();
  body.text = "Yes";
  body.mentions.clear();
  body.reply_to = ReplyTo{Seq(2), kBo, "Shall we?"};
  return MakeEntry(Seq(5), std::move(body));
}

inline Entry Creation() {
  ConversationBody body;
  body.created = true;
  body.founders = {{kAnn, Role::kAdmin}, {kBo, Role::kMember}};
  body.title = "Trip";
  body.history = HistoryPolicy::kJoined;
  return MakeEntry(Seq(1), std::move(body));
}

inline Entry Renaming() {
  ConversationBody body;
  body.title = "";
  return MakeEntry(Seq(6), std::move(body));
}

inline Entry Joining() {
  MembersBody body;
  body.added = {kBo};
  body.removed = {kAnn};
  body.roles = {{kBo, Role::kAdmin}};
  return MakeEntry(Seq(7), std::move(body));
}

inline ChangeView Shown(Entry entry, std::vector<User> users = {}) {
  return {std::make_shared<const Entry>(std::move(entry)), std::move(users), Seq(1)};
}

inline MemberView Shown(User user, Role role) {
  MemberView member;
  member.user = std::move(user);
  member.role = role;
  member.joined_at = kTime;
  member.position = {Seq(5), 3, Seq(9)};
  return member;
}

/// Ann's view of a group whose last entry is seq 7 and whose last message is seq 5.
inline ConversationView GroupOfAnn() {
  auto snapshot = std::make_shared<ConversationSnapshot>();
  snapshot->info.id = kGroup;
  snapshot->info.title = "Trip";
  snapshot->info.created_by = kAnn;
  snapshot->info.created_at = kTime;
  snapshot->head.seq = Seq(7);
  snapshot->head.last_message = Seq(5);
  snapshot->members = std::make_shared<const std::vector<Member>>(2);
  snapshot->last_message = std::make_shared<const Entry>(Message());
  ConversationView view;
  view.snapshot = std::move(snapshot);
  view.own.conversation = kGroup;
  view.own.member.user = kAnn;
  view.own.member.role = Role::kAdmin;
  view.own.member.first_seq = Seq(1);
  view.own.position = {Seq(4), 2, Seq(5)};
  view.members = {Shown(Ann(), Role::kAdmin), Shown(Bo(), Role::kMember)};
  view.unread_count = 1;
  view.mention_count = 1;
  return view;
}

/// The same with another first_seq and position.
inline ConversationView GroupFrom(Seq first_seq, Position position) {
  ConversationView view = GroupOfAnn();
  view.own.member.first_seq = first_seq;
  view.own.position = position;
  return view;
}

inline ConversationView Direct() {
  ConversationView view = GroupOfAnn();
  auto snapshot = std::make_shared<ConversationSnapshot>(*view.snapshot);
  snapshot->info.id = MakeId<ConversationId>("c2");
  snapshot->info.kind = ConversationKind::kDirect;
  snapshot->info.title = "";
  snapshot->info.history = HistoryPolicy::kAll;
  snapshot->head.seq = Seq(1);
  snapshot->last_message = nullptr;
  view.snapshot = std::move(snapshot);
  view.own.member.role = Role::kMember;
  view.own.position = {};
  view.members = {Shown(Ann(), Role::kMember), Shown(Bo(), Role::kMember)};
  view.unread_count = 0;
  view.mention_count = 0;
  return view;
}

}  // namespace parley::wire::samples
