#include "client/types.h"

#include <string_view>

#include <fmt/format.h>

#include "client/json.h"
#include "client/json_writer.h"

namespace parley::client {
namespace {

template <class IdType>
Result<IdType> RequiredId(const Json& json, std::string_view key) {
  const std::optional<IdType> id = IdType::Parse(json[key].Str());
  if (!id) return Malformed(fmt::format("the server's answer has no usable \"{}\"", key));
  return *id;
}

template <class IdType>
IdType OptionalId(const Json& json, std::string_view key) {
  return IdType::Parse(json[key].Str()).value_or(IdType());
}

Result<Seq> RequiredSeq(const Json& json) {
  const Seq seq(json["seq"].Uint());
  if (seq == Seq()) return Malformed("the server's answer has no usable \"seq\"");
  return seq;
}

Role ParseRole(std::string_view name) { return name == "admin" ? Role::kAdmin : Role::kMember; }

std::vector<UserId> ParseUserIds(const Json& list) {
  std::vector<UserId> ids;
  for (const Json& item : list.Items()) {
    if (const std::optional<UserId> id = UserId::Parse(item.Str())) ids.push_back(*id);
  }
  return ids;
}

std::optional<Quote> ParseQuote(const Json& json) {
  if (!json.present()) return std::nullopt;
  return Quote{Seq(json["seq"].Uint()), OptionalId<UserId>(json, "sender_id"),
               std::string(json["excerpt"].Str())};
}

Status ParseMembersChange(const Json& json, Change& change) {
  change.added = ParseUserIds(json["added"]);
  change.removed = ParseUserIds(json["removed"]);
  for (const auto& [id, role] : json["roles"].Members()) {
    if (const std::optional<UserId> user = UserId::Parse(id)) {
      change.roles.emplace_back(*user, ParseRole(role.Str()));
    }
  }
  for (const Json& item : json["users"].Items()) {
    PARLEY_ASSIGN(User user, ParseUser(item));
    change.users.push_back(std::move(user));
  }
  return Status::Ok();
}

}  // namespace

Result<User> ParseUser(const Json& json) {
  User user;
  PARLEY_ASSIGN(user.id, RequiredId<UserId>(json, "id"));
  user.username = json["username"].Str();
  user.display_name = json["display_name"].Str();
  user.json = json.Raw();
  return user;
}

Result<Message> ParseMessage(const Json& json) {
  Message message;
  PARLEY_ASSIGN(message.seq, RequiredSeq(json));
  message.conversation_id = OptionalId<ConversationId>(json, "conversation_id");
  message.client_id = OptionalId<ClientId>(json, "client_id");
  message.sender_id = OptionalId<UserId>(json, "sender_id");
  message.sent_at = FromMillis(json["sent_at"].Int());
  message.text = json["text"].Str();
  message.reply_to = ParseQuote(json["reply_to"]);
  message.media_count = json["media"].Items().size();
  message.edited = json["edited_at"].present();
  message.deleted = json["deleted_at"].present();
  message.json = json.Raw();
  return message;
}

Result<Member> ParseMember(const Json& json) {
  Member member;
  PARLEY_ASSIGN(member.user, ParseUser(json["user"]));
  member.role = ParseRole(json["role"].Str());
  member.read_seq = Seq(json["read_seq"].Uint());
  member.delivered_seq = Seq(json["delivered_seq"].Uint());
  member.json = json.Raw();
  return member;
}

Result<Conversation> ParseConversation(const Json& json) {
  Conversation conversation;
  PARLEY_ASSIGN(conversation.id, RequiredId<ConversationId>(json, "id"));
  conversation.kind =
      json["kind"].Str() == "direct" ? ConversationKind::kDirect : ConversationKind::kGroup;
  conversation.title = json["title"].Str();
  conversation.created_at = FromMillis(json["created_at"].Int());
  for (const Json& item : json["members"].Items()) {
    PARLEY_ASSIGN(Member member, ParseMember(item));
    conversation.members.push_back(std::move(member));
  }
  conversation.member_count = json["member_count"].Uint();
  conversation.first_seq = Seq(json["first_seq"].Uint());
  conversation.last_seq = Seq(json["last_seq"].Uint());
  conversation.read_seq = Seq(json["read_seq"].Uint());
  conversation.delivered_seq = Seq(json["delivered_seq"].Uint());
  conversation.unread_count = json["unread_count"].Uint();
  if (json["last_message"].present()) {
    PARLEY_ASSIGN(conversation.last_message, ParseMessage(json["last_message"]));
  }
  conversation.json = json.Raw();
  return conversation;
}

Result<Change> ParseChange(const Json& json) {
  Change change;
  PARLEY_ASSIGN(change.conversation_id, RequiredId<ConversationId>(json, "conversation_id"));
  PARLEY_ASSIGN(change.seq, RequiredSeq(json));
  change.at = FromMillis(json["at"].Int());
  change.actor_id = OptionalId<UserId>(json, "actor_id");
  change.kind = json["kind"].Str();
  if (change.kind == "message") {
    PARLEY_ASSIGN(change.message, ParseMessage(json["message"]));
  } else if (change.kind == "members") {
    PARLEY_TRY(ParseMembersChange(json, change));
  } else if (change.kind == "conversation") {
    if (json["title"].present()) change.title = json["title"].Str();
    change.created = json["created"].Bool();
  } else if (change.kind == "edit" || change.kind == "delete") {
    change.target_seq = Seq(json["target_seq"].Uint());
    change.text = json["text"].Str();
  }
  change.json = json.RawWithout("type");
  return change;
}

Change ChangeOf(const Message& message, ConversationId conversation) {
  Change change;
  change.conversation_id = conversation;
  change.seq = message.seq;
  change.at = message.sent_at;
  change.actor_id = message.sender_id;
  change.kind = "message";
  change.message = message;
  change.json = JsonObject()
                    .Str("conversation_id", conversation.ToString())
                    .Uint("seq", message.seq.value())
                    .Raw("at", fmt::to_string(ToMillis(message.sent_at)))
                    .Str("actor_id", message.sender_id.ToString())
                    .Str("kind", "message")
                    .Raw("message", message.json)
                    .Take();
  return change;
}

}  // namespace parley::client
