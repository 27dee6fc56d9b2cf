#include "wire/encode.h"

#include <algorithm>
#include <variant>

#include "wire/error_code.h"

namespace parley::wire {
namespace {

template <class IdType>
void WriteIds(JsonWriter& json, const std::vector<IdType>& ids) {
  json.BeginArray();
  for (const IdType& id : ids) json.Id(id);
  json.EndArray();
}

void WriteReply(JsonWriter& json, const ReplyTo& reply, Seq visible_from) {
  json.BeginObject().Key("seq").Seq(reply.seq);
  if (reply.seq >= visible_from) {
    json.Key("sender_id").Id(reply.sender).Key("excerpt").String(reply.excerpt);
  } else {
    json.Key("sender_id").Null().Key("excerpt").Null();
  }
  json.EndObject();
}

/// The newest message, if the person may see it.
void WriteLastMessage(JsonWriter& json, const ConversationView& view) {
  const Entry* last = view.snapshot->last_message.get();
  const Seq visible_from = view.own.member.first_seq;
  if (last == nullptr || last->seq < visible_from) {
    json.Null();
  } else {
    WriteMessage(json, *last, visible_from);
  }
}

void WriteMembersShown(JsonWriter& json, const std::vector<MemberView>& members) {
  json.BeginArray();
  for (const MemberView& member : members) {
    json.BeginObject().Key("user");
    WriteUser(json, member.user, UserDetail::kPublic);
    json.Key("role").String(RoleName(member.role)).EndObject();
  }
  json.EndArray();
}

/// Writes what a kind of entry adds to the fields that all changes have.
struct WriteBody {
  JsonWriter& json;
  const ChangeView& change;

  void operator()(const MessageBody& /*message*/) const {
    json.Key("kind").String("message").Key("message");
    WriteMessage(json, *change.entry, change.visible_from);
  }

  void operator()(const ConversationBody& conversation) const {
    json.Key("kind").String("conversation");
    if (conversation.created) json.Key("created").Bool(true);
    if (conversation.title) json.Key("title").String(*conversation.title);
    if (conversation.history) json.Key("history").String(HistoryPolicyName(*conversation.history));
  }

  void operator()(const MembersBody& members) const {
    json.Key("kind").String("members").Key("added");
    WriteIds(json, members.added);
    json.Key("removed");
    WriteIds(json, members.removed);
    json.Key("roles").BeginObject();
    for (const RoleChange& change_of_role : members.roles) {
      json.Key(change_of_role.user).String(RoleName(change_of_role.role));
    }
    json.EndObject().Key("users").BeginArray();
    for (const User& user : change.users) WriteUser(json, user, UserDetail::kPublic);
    json.EndArray();
  }
};

std::string EncodeProblem(const ErrorCode& error, std::string_view detail,
                          const std::vector<FieldError>& fields) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("type").String("about:blank");
    json.Key("title").String(HttpStatusPhrase(error.http_status));
    json.Key("status").Int(error.http_status);
    json.Key("detail").String(detail).Key("code").String(error.code);
    if (!fields.empty()) {
      json.Key("errors").BeginArray();
      for (const FieldError& field : fields) {
        json.BeginObject().Key("field").String(field.field);
        json.Key("detail").String(field.detail).EndObject();
      }
      json.EndArray();
    }
    json.EndObject();
  });
}

void WriteLimits(JsonWriter& json, const Limits& limits) {
  json.BeginObject();
  json.Key("text_bytes").Int(limits.text_bytes).Key("title_chars").Int(limits.title_chars);
  json.Key("display_name_chars").Int(limits.display_name_chars);
  json.Key("username_min_chars").Int(Limits::kUsernameMinChars);
  json.Key("username_max_chars").Int(Limits::kUsernameMaxChars);
  json.Key("password_min_bytes").Int(Limits::kPasswordMinBytes);
  json.Key("password_max_bytes").Int(Limits::kPasswordMaxBytes);
  json.Key("group_members").Int(limits.group_members);
  json.Key("body_bytes").Int(limits.body_bytes).Key("frame_bytes").Int(limits.frame_bytes);
  json.Key("page_items").Int(Limits::kPageMax).EndObject();
}

}  // namespace

std::string_view ConversationKindName(ConversationKind kind) {
  return kind == ConversationKind::kDirect ? "direct" : "group";
}

std::string_view RoleName(Role role) { return role == Role::kAdmin ? "admin" : "member"; }

std::string_view HistoryPolicyName(HistoryPolicy history) {
  return history == HistoryPolicy::kAll ? "all" : "joined";
}

void WriteUser(JsonWriter& json, const User& user, UserDetail detail) {
  json.BeginObject().Key("id").Id(user.id).Key("username").String(user.username);
  json.Key("display_name").String(user.display_name).Key("avatar_url").Null();
  if (detail != UserDetail::kPublic && user.last_active_at) {
    json.Key("last_active_at").Time(*user.last_active_at);
  }
  if (detail == UserDetail::kSelf) {
    json.Key("email");
    user.email ? json.String(*user.email) : json.Null();
    json.Key("admin").Bool(user.admin).Key("created_at").Time(user.created_at);
  }
  json.EndObject();
}

std::string EncodeUser(const User& user, UserDetail detail) {
  return ToJson([&](JsonWriter& json) { WriteUser(json, user, detail); });
}

void WriteSession(JsonWriter& json, const Session& session, SessionId current) {
  json.BeginObject().Key("id").Id(session.id).Key("device_name").String(session.device_name);
  json.Key("created_at").Time(session.created_at);
  json.Key("last_used_at").Time(session.last_used_at);
  json.Key("current").Bool(session.id == current).EndObject();
}

void WriteSignInFields(JsonWriter& json, const User& user, const Session& session,
                       const std::optional<std::string>& token) {
  json.Key("user");
  WriteUser(json, user, UserDetail::kSelf);
  if (token) json.Key("token").String(*token);
  json.Key("session");
  WriteSession(json, session, session.id);
}

std::string EncodeSignIn(const User& user, const Session& session,
                         const std::optional<std::string>& token) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject();
    WriteSignInFields(json, user, session, token);
    json.EndObject();
  });
}

void WriteConversation(JsonWriter& json, const ConversationView& view) {
  const ConversationInfo& info = view.snapshot->info;
  const Member& own = view.own.member;
  const Seq last = view.snapshot->head.seq;
  json.BeginObject().Key("id").Id(info.id).Key("kind").String(ConversationKindName(info.kind));
  json.Key("title").String(info.title).Key("photo_url").Null();
  json.Key("created_at").Time(info.created_at).Key("created_by").Id(info.created_by);
  json.Key("history").String(HistoryPolicyName(info.history));
  json.Key("first_seq").Seq(own.first_seq);
  json.Key("member_count").Int(view.snapshot->members->size()).Key("members");
  WriteMembersShown(json, view.members);
  json.Key("last_seq").Seq(last).Key("last_message");
  WriteLastMessage(json, view);
  json.Key("unread_count").Int(view.unread_count).Key("mention_count").Int(view.mention_count);
  json.Key("read_seq").Seq(std::min(view.own.position.read, last));
  json.Key("delivered_seq").Seq(std::min(view.own.position.delivered, last));
  json.Key("role").String(RoleName(own.role));
  json.Key("muted_until").Null().Key("archived").Bool(false).Key("notify").String("all");
  json.EndObject();
}

std::string EncodeConversation(const ConversationView& view) {
  return ToJson([&](JsonWriter& json) { WriteConversation(json, view); });
}

void WriteMember(JsonWriter& json, const MemberView& member, Seq last_seq) {
  json.BeginObject().Key("user");
  WriteUser(json, member.user, UserDetail::kActivity);
  json.Key("role").String(RoleName(member.role)).Key("joined_at").Time(member.joined_at);
  json.Key("read_seq").Seq(std::min(member.position.read, last_seq));
  json.Key("delivered_seq").Seq(std::min(member.position.delivered, last_seq)).EndObject();
}

void WriteMessage(JsonWriter& json, const Entry& entry, Seq visible_from) {
  const MessageBody& message = entry.message();
  json.BeginObject().Key("conversation_id").Id(entry.conversation).Key("seq").Seq(entry.seq);
  json.Key("id").Id(message.id).Key("client_id").Id(message.client_id);
  json.Key("sender_id").Id(entry.actor).Key("sent_at").Time(entry.at);
  json.Key("text").String(message.text).Key("mentions");
  WriteIds(json, message.mentions);
  json.Key("media").BeginArray().EndArray().Key("reply_to");
  if (message.reply_to) {
    WriteReply(json, *message.reply_to, visible_from);
  } else {
    json.Null();
  }
  json.Key("reactions").BeginArray().EndArray();
  json.Key("edited_at").Null().Key("deleted_at").Null();
  json.Key("changed_seq").Seq(entry.seq).EndObject();
}

std::string EncodeMessage(const Entry& entry, Seq visible_from) {
  return ToJson([&](JsonWriter& json) { WriteMessage(json, entry, visible_from); });
}

void WriteChangeFields(JsonWriter& json, const ChangeView& change) {
  const Entry& entry = *change.entry;
  json.Key("conversation_id").Id(entry.conversation).Key("seq").Seq(entry.seq);
  json.Key("at").Time(entry.at).Key("actor_id").Id(entry.actor);
  std::visit(WriteBody{json, change}, entry.body);
}

void WriteChange(JsonWriter& json, const ChangeView& change) {
  json.BeginObject();
  WriteChangeFields(json, change);
  json.EndObject();
}

std::string EncodeChange(const ChangeView& change) {
  return ToJson([&](JsonWriter& json) { WriteChange(json, change); });
}

/// What a short message takes in a page.
constexpr std::size_t kItemBytes = 640;

std::string EncodeMessagePage(const MessagePage& page) {
  return ToJson(
      [&](JsonWriter& json) {
        json.BeginObject().Key("items").BeginArray();
        for (const auto& entry : page.items) WriteMessage(json, *entry, page.visible_from);
        json.EndArray().Key("has_more_before").Bool(page.has_more_before);
        json.Key("has_more_after").Bool(page.has_more_after);
        json.Key("last_seq").Seq(page.last_seq).EndObject();
      },
      kUsualJsonBytes + page.items.size() * kItemBytes);
}

std::string EncodeChangePage(const ChangePage& page) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("items").BeginArray();
    for (const ChangeView& change : page.items) WriteChange(json, change);
    json.EndArray().Key("last_seq").Seq(page.last_seq);
    json.Key("reset").Bool(page.reset).EndObject();
  });
}

std::string EncodeProblem(const Status& status) {
  return EncodeProblem(ErrorCodeOf(status.code()), PublicDetail(status), status.fields());
}

std::string EncodeProblem(int http_status, std::string_view detail) {
  return EncodeProblem(ErrorCode{http_status, CodeOfHttpStatus(http_status)}, detail, {});
}

std::string EncodeServerInfo(const ServerInfo& info) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("name").String(info.name).Key("version").String(info.version);
    json.Key("api").String("v1").Key("features").BeginArray();
    for (const std::string& feature : info.features) json.String(feature);
    json.EndArray().Key("limits");
    WriteLimits(json, info.limits);
    json.Key("registration").String(info.registration).EndObject();
  });
}

}  // namespace parley::wire
