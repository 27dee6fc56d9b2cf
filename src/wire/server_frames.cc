#include "wire/server_frames.h"

#include <utility>

#include "wire/encode.h"
#include "wire/error_code.h"
#include "wire/json_writer.h"

namespace parley::wire {
namespace {

/// A frame of this type with the fields that `write` adds, which makes no other frame meanwhile.
template <class Write>
Frame MakeFrame(std::string_view type, Write write) {
  // Each thread writes into the same memory again and again: a frame takes what it needs of it.
  constexpr std::size_t kKeptBytes = std::size_t{64} * 1024;
  thread_local std::string scratch;
  scratch.clear();
  {
    JsonWriter json(scratch);
    json.BeginObject().Key("type").String(type);
    write(json);
    json.EndObject();
  }
  Frame frame = Frame::Text(scratch);
  if (scratch.capacity() > kKeptBytes) std::string().swap(scratch);
  return frame;
}

constexpr std::string_view kSyncHead = R"({"type":"sync","conversations":[)";
constexpr std::string_view kChangesEnd = R"(],"reset":false})";
constexpr std::string_view kResetEnd = R"(],"reset":true})";
constexpr std::string_view kLeft = R"(],"left":[)";
constexpr std::string_view kCursor = R"(],"cursor":)";
constexpr std::string_view kMore = R"(,"more":false})";  // "true" is shorter
constexpr std::size_t kQuotes = 2;
constexpr std::size_t kTailBytes = kChangesEnd.size() + kLeft.size() + kCursor.size() + kQuotes +
                                   kMore.size() + SyncFrameBuilder::kMaxCursorBytes;

}  // namespace

Frame EncodeReadyFrame(const Ready& ready) {
  return MakeFrame("ready", [&](JsonWriter& json) {
    json.Key("user_id").Id(ready.user).Key("session_id").Id(ready.session);
    json.Key("cursor").String(ready.cursor).Key("heartbeat_ms").Int(ready.heartbeat.count());
  });
}

Frame EncodeAckFrame(const Ack& ack) {
  return MakeFrame("ack", [&](JsonWriter& json) {
    json.Key("ref").String(ack.ref).Key("conversation_id").Id(ack.conversation);
    json.Key("seq").Seq(ack.seq).Key("message_id").Id(ack.message);
    json.Key("sent_at").Time(ack.sent_at).Key("duplicate").Bool(ack.duplicate);
  });
}

Frame EncodeErrorFrame(const std::optional<std::string>& ref, const Status& status) {
  return MakeFrame("error", [&](JsonWriter& json) {
    if (ref) json.Key("ref").String(*ref);
    json.Key("code").String(ErrorCodeOf(status.code()).code);
    json.Key("detail").String(PublicDetail(status));
    if (status.retry_after()) json.Key("retry_after_ms").Int(status.retry_after()->count());
  });
}

Frame EncodeChangeFrame(const ChangeView& change) {
  return MakeFrame("change", [&](JsonWriter& json) { WriteChangeFields(json, change); });
}

Frame EncodeChangeFrame(std::string_view change_json) {
  std::string json = R"({"type":"change",)";
  json += change_json.substr(1);
  return Frame::Text(json);
}

Frame EncodeReceiptFrame(ConversationId conversation, UserId user, const Position& position) {
  return MakeFrame("receipt", [&](JsonWriter& json) {
    json.Key("conversation_id").Id(conversation).Key("user_id").Id(user);
    json.Key("delivered_seq").Seq(position.delivered).Key("read_seq").Seq(position.read);
  });
}

Frame EncodeTypingFrame(ConversationId conversation, UserId user, Typing typing) {
  return MakeFrame("typing", [&](JsonWriter& json) {
    json.Key("conversation_id").Id(conversation).Key("user_id").Id(user);
    json.Key("active").Bool(typing == Typing::kActive);
  });
}

Frame EncodePresenceFrame(UserId user, Presence presence, std::optional<TimePoint> last_active_at) {
  return MakeFrame("presence", [&](JsonWriter& json) {
    json.Key("user_id").Id(user).Key("online").Bool(presence == Presence::kOnline);
    json.Key("last_active_at");
    last_active_at ? json.Time(*last_active_at) : json.Null();
  });
}

Frame EncodeUserFrame(const User& user) {
  return MakeFrame("user", [&](JsonWriter& json) {
    json.Key("user");
    WriteUser(json, user, UserDetail::kPublic);
  });
}

Frame EncodeInboxFrame(const ConversationView& view) {
  return MakeFrame("inbox", [&](JsonWriter& json) {
    json.Key("conversation");
    WriteConversation(json, view);
  });
}

Frame EncodeInboxLeftFrame(ConversationId conversation) {
  return MakeFrame("inbox", [&](JsonWriter& json) { json.Key("left").Id(conversation); });
}

Frame EncodePongFrame(const std::optional<std::string>& ref) {
  return MakeFrame("pong", [&](JsonWriter& json) {
    if (ref) json.Key("ref").String(*ref);
  });
}

SyncFrameBuilder::SyncFrameBuilder(std::size_t max_bytes)
    : max_bytes_(max_bytes), json_(kSyncHead) {}

std::size_t SyncFrameBuilder::size() const { return json_.size() + left_.size() + kTailBytes; }

bool SyncFrameBuilder::BeginConversation(std::string_view conversation_json, SyncPart part) {
  std::string begin = conversations_ > 0 ? "," : "";
  begin += R"({"conversation":)";
  begin += conversation_json;
  begin += R"(,"changes":[)";
  if (conversations_ > 0 && !Fits(kChangesEnd.size() + begin.size())) return false;
  EndConversation();
  json_ += begin;
  open_ = part;
  ++conversations_;
  changes_ = 0;
  return true;
}

bool SyncFrameBuilder::AddChange(std::string_view change_json) {
  const bool first_of_only = conversations_ == 1 && changes_ == 0;
  if (!first_of_only && !Fits(1 + change_json.size())) return false;
  if (changes_ > 0) json_ += ',';
  json_ += change_json;
  ++changes_;
  return true;
}

bool SyncFrameBuilder::AddLeft(ConversationId conversation) {
  const std::string item = ToJson([&](JsonWriter& json) { json.Id(conversation); });
  if (!Fits(1 + item.size())) return false;
  if (!left_.empty()) left_ += ',';
  left_ += item;
  return true;
}

Frame SyncFrameBuilder::FinishPart() { return Finish(std::nullopt); }

Frame SyncFrameBuilder::FinishLast(std::string_view cursor) { return Finish(cursor); }

void SyncFrameBuilder::EndConversation() {
  if (open_) json_ += *open_ == SyncPart::kReset ? kResetEnd : kChangesEnd;
  open_.reset();
}

Frame SyncFrameBuilder::Finish(std::optional<std::string_view> cursor) {
  EndConversation();
  json_ += kLeft;
  json_ += left_;
  json_ += kCursor;
  {
    JsonWriter json(json_);
    cursor ? json.String(*cursor) : json.Null();
  }
  json_ += cursor ? R"(,"more":false})" : R"(,"more":true})";
  Frame frame = Frame::Text(json_);
  *this = SyncFrameBuilder(max_bytes_);
  return frame;
}

}  // namespace parley::wire
