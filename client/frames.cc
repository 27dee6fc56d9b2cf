#include "client/frames.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/errors.h"
#include "client/json.h"
#include "client/json_writer.h"

namespace parley::client {
namespace {

/// The most heads that one `resume` may carry.
constexpr std::size_t kHeadsPerResume = 1'000;

Result<ServerFrame> ParseReady(const Json& json) {
  const std::optional<UserId> user = UserId::Parse(json["user_id"].Str());
  if (!user) return Malformed("a ready frame without user_id");
  return ReadyFrame{*user, std::string(json["cursor"].Str()),
                    std::chrono::milliseconds(json["heartbeat_ms"].Int())};
}

Result<SyncPart> ParseSyncPart(const Json& json) {
  SyncPart part;
  PARLEY_ASSIGN(part.conversation, ParseConversation(json["conversation"]));
  for (const Json& item : json["changes"].Items()) {
    PARLEY_ASSIGN(Change change, ParseChange(item));
    part.changes.push_back(std::move(change));
  }
  part.reset = json["reset"].Bool();
  return part;
}

Result<ServerFrame> ParseSync(const Json& json) {
  SyncFrame frame;
  for (const Json& item : json["conversations"].Items()) {
    PARLEY_ASSIGN(SyncPart part, ParseSyncPart(item));
    frame.parts.push_back(std::move(part));
  }
  for (const Json& item : json["left"].Items()) {
    if (const auto id = ConversationId::Parse(item.Str())) frame.left.push_back(*id);
  }
  frame.cursor = json["cursor"].Str();
  frame.more = json["more"].Bool();
  return frame;
}

Result<ServerFrame> ParseAck(const Json& json) {
  const auto conversation = ConversationId::Parse(json["conversation_id"].Str());
  if (!conversation) return Malformed("an ack frame without conversation_id");
  AckFrame ack;
  ack.ref = json["ref"].Str();
  ack.conversation_id = *conversation;
  ack.seq = Seq(json["seq"].Uint());
  ack.message_id = json["message_id"].Str();
  ack.sent_at = FromMillis(json["sent_at"].Int());
  ack.duplicate = json["duplicate"].Bool();
  return ack;
}

Result<ServerFrame> ParseError(const Json& json) {
  Status status(StatusCodeOf(json["code"].Str()), std::string(json["detail"].Str()));
  if (json["retry_after_ms"].present()) {
    status = status.WithRetryAfter(std::chrono::milliseconds(json["retry_after_ms"].Int()));
  }
  return ErrorFrame{std::string(json["ref"].Str()), std::move(status)};
}

Result<ServerFrame> ParseInbox(const Json& json) {
  InboxFrame frame;
  frame.left = ConversationId::Parse(json["left"].Str());
  if (!frame.left) {
    PARLEY_ASSIGN(frame.conversation, ParseConversation(json["conversation"]));
  }
  return frame;
}

}  // namespace

Result<ServerFrame> ParseFrame(std::string_view text) {
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(text));
  const Json json = document.root();
  const std::string_view type = json["type"].Str();
  if (type == "ready") return ParseReady(json);
  if (type == "sync") return ParseSync(json);
  if (type == "ack") return ParseAck(json);
  if (type == "error") return ParseError(json);
  if (type == "inbox") return ParseInbox(json);
  if (type == "change") {
    PARLEY_ASSIGN(Change change, ParseChange(json));
    return ChangeFrame{std::move(change)};
  }
  if (type.empty()) return Malformed("a frame without a type");
  return OtherFrame{std::string(type), json.Raw()};
}

std::vector<std::string> EncodeResume(const std::string& cursor, const std::vector<Head>& heads) {
  std::vector<std::string> frames;
  std::size_t from = 0;
  do {
    const std::size_t to = std::min(heads.size(), from + kHeadsPerResume);
    JsonObject object;
    for (std::size_t i = from; i < to; ++i) {
      object.Uint(heads[i].conversation.ToString(), heads[i].seq.value());
    }
    JsonObject frame;
    frame.Str("type", "resume").StrUnlessEmpty("cursor", cursor).Raw("heads", object.Take());
    if (to < heads.size()) frame.Bool("more", true);
    frames.push_back(frame.Take());
    from = to;
  } while (from < heads.size());
  return frames;
}

std::string EncodePosition(std::string_view type, ConversationId conversation, Seq seq) {
  return JsonObject()
      .Str("type", type)
      .Str("conversation_id", conversation.ToString())
      .Uint("seq", seq.value())
      .Take();
}

std::string EncodeTyping(ConversationId conversation, bool active) {
  return JsonObject()
      .Str("type", "typing")
      .Str("conversation_id", conversation.ToString())
      .Bool("active", active)
      .Take();
}

std::string EncodeWatchPresence(const std::vector<UserId>& users) {
  std::vector<std::string> ids;
  ids.reserve(users.size());
  for (const UserId user : users) ids.push_back(JsonString(user.ToString()));
  return JsonObject().Str("type", "watch_presence").Raw("user_ids", JsonArray(ids)).Take();
}

std::string EncodePing() { return JsonObject().Str("type", "ping").Take(); }

}  // namespace parley::client
