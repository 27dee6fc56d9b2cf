#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "model/ids.h"

namespace parley::client {

// JSON as a server sends it, for tests.

inline const std::string kAnn = "00000000-0000-7000-8000-00000000000a";
inline const std::string kBo = "00000000-0000-7000-8000-00000000000b";
inline const std::string kTeam = "00000000-0000-7000-8000-0000000000c1";
inline const std::string kOther = "00000000-0000-7000-8000-0000000000c2";

inline ConversationId ConversationOf(const std::string& id) { return *ConversationId::Parse(id); }

inline std::string UserJson(const std::string& id, const std::string& name) {
  return fmt::format(R"({{"id":"{}","username":"{}","display_name":"{}"}})", id, name, name);
}

inline std::string MessageJson(const std::string& conversation, std::uint64_t seq,
                               const std::string& sender, const std::string& text) {
  return fmt::format(
      R"({{"conversation_id":"{0}","seq":{1},"id":"{0}","client_id":"{0}","sender_id":"{2}","sent_at":{3},"text":"{4}"}})",
      conversation, seq, sender, 1'800'000'000'000 + seq, text);
}

/// A change of kind message by bo, without the `type` of a frame.
inline std::string ChangeJson(const std::string& conversation, std::uint64_t seq) {
  return fmt::format(
      R"({{"conversation_id":"{}","seq":{},"at":{},"actor_id":"{}","kind":"message","message":{}}})",
      conversation, seq, 1'800'000'000'000 + seq, kBo,
      MessageJson(conversation, seq, kBo, fmt::format("text {}", seq)));
}

inline std::string ConversationJson(const std::string& id, std::uint64_t last_seq,
                                    const std::string& title = "Team") {
  return fmt::format(
      R"({{"id":"{}","kind":"group","title":"{}","first_seq":1,"last_seq":{},"read_seq":0,"delivered_seq":0,"member_count":2,"members":[{{"user":{},"role":"admin"}},{{"user":{},"role":"member"}}],"unread_count":0,"last_message":null}})",
      id, title, last_seq, UserJson(kAnn, "ann"), UserJson(kBo, "bo"));
}

inline std::string ReadyJson(const std::string& cursor) {
  return fmt::format(
      R"({{"type":"ready","user_id":"{}","session_id":"{}","cursor":"{}","heartbeat_ms":30000}})",
      kAnn, kAnn, cursor);
}

/// A last sync frame with these parts, each JSON.
inline std::string SyncJson(const std::string& parts, const std::string& cursor) {
  return fmt::format(
      R"({{"type":"sync","conversations":[{}],"left":[],"cursor":"{}","more":false}})", parts,
      cursor);
}

/// A live frame of a change.
inline std::string LiveJson(const std::string& change) {
  return R"({"type":"change",)" + change.substr(1);
}

}  // namespace parley::client
