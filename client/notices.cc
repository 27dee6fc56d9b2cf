#include "client/notices.h"

#include <fmt/format.h>

#include "client/json.h"

namespace parley::client {
namespace {

Result<Notice> ParseWithIds(std::string_view type, const Json& json) {
  const std::optional<UserId> user = UserId::Parse(json["user_id"].Str());
  if (!user) return Malformed(fmt::format("a {} frame without user_id", type));
  if (type == "presence") {
    Presence presence{*user, json["online"].Bool(), std::nullopt};
    if (json["last_active_at"].present()) {
      presence.last_active_at = FromMillis(json["last_active_at"].Int());
    }
    return presence;
  }
  const auto conversation = ConversationId::Parse(json["conversation_id"].Str());
  if (!conversation) return Malformed(fmt::format("a {} frame without conversation_id", type));
  if (type == "typing") return Typing{*conversation, *user, json["active"].Bool()};
  return Receipt{*conversation, *user, Seq(json["delivered_seq"].Uint()),
                 Seq(json["read_seq"].Uint())};
}

}  // namespace

Result<Notice> ParseNotice(const Noticed& noticed) {
  PARLEY_ASSIGN(const JsonDocument document, JsonDocument::Parse(noticed.json));
  const Json json = document.root();
  const std::string_view type = noticed.type;
  if (type == "user") {
    PARLEY_ASSIGN(User user, ParseUser(json["user"]));
    return ProfileChanged{std::move(user)};
  }
  if (type != "receipt" && type != "typing" && type != "presence") {
    return Malformed(fmt::format("a {} frame says nothing that is known", type));
  }
  return ParseWithIds(type, json);
}

}  // namespace parley::client
